// SPDX-License-Identifier: Apache-2.0
// "Show more" below a list: the address holds how much is shown, so that it can be linked to, and the browser's back works.
import { withQuery } from '../lib/route';
import { t } from '../text';

/** A list that is longer than this wants filters, not more rows. */
const MOST = 2000;

export function limitOf(query: URLSearchParams, step: number): number {
  const asked = Number(query.get('limit'));
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, MOST) : step;
}

interface Props {
  /** The page's address without its query. */
  link: string;
  query: URLSearchParams;
  step: number;
  /** How many rows there are on screen. */
  shown: number;
}

export function More({ link, query, step, shown }: Props) {
  const limit = limitOf(query, step);
  if (shown < limit || limit >= MOST) return null;
  const more = { ...Object.fromEntries(query), limit: Math.min(MOST, limit + step) };
  return <p class="more"><a class="button" href={withQuery(link, more)} data-testid="show-more">{t.common.showMore}</a></p>;
}
