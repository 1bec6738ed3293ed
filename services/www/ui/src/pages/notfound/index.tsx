// SPDX-License-Identifier: Apache-2.0
// The page for addresses that lead nowhere.
import { useTitle } from '../../components/panel';
import { t } from '../../text';

export function NotFound({ what = t.common.noSuchPage }: { what?: string }) {
  useTitle(t.common.notFound);
  return (
    <div class="page not-found" data-testid="not-found">
      <p class="not-found-code" aria-hidden="true">404</p>
      <h1>{t.common.notFound}</h1>
      <p>{what}</p>
      <p class="muted">{t.notfound.gone}</p>
      <p class="inline-list">
        <a class="button" href="#/">{t.notfound.home}</a>
        <a class="button" href="#/builders">{t.notfound.builders}</a>
        <a class="button" href="#/search">{t.notfound.search}</a>
      </p>
    </div>
  );
}

export default function Page() {
  return <NotFound />;
}
