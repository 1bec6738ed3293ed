// SPDX-License-Identifier: Apache-2.0
// The page for addresses that lead nowhere.
import { useTitle } from '../../components/panel';

export function NotFound({ what = 'There is no such page.' }: { what?: string }) {
  useTitle('Not found');
  return (
    <div class="page not-found" data-testid="not-found">
      <p class="not-found-code" aria-hidden="true">404</p>
      <h1>Not found</h1>
      <p>{what}</p>
      <p>
        <a class="button" href="#/">Go home</a> <a class="button" href="#/builders">See all builders</a>
      </p>
    </div>
  );
}

export default function Page() {
  return <NotFound />;
}
