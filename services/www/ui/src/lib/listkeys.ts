// SPDX-License-Identifier: Apache-2.0
// Moving through lists by keyboard: j and k put the focus on the next and the previous row, Enter opens its link.
import { useShortcuts } from './keys';
import { t } from '../text';

/** What counts as a row; `data-row` marks those that are neither in a table nor in a list of rows. */
const ROWS = '#main :is(tbody > tr, .rows > li, .messages > li, [data-row])';

function rowsInSight(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(ROWS)].filter((row) => row.offsetParent !== null);
}

/** The row's link, else the row itself. */
function focusOf(row: HTMLElement): HTMLElement {
  const link = row.querySelector<HTMLElement>('a[href], summary, button');
  if (link) return link;
  if (!row.hasAttribute('tabindex')) row.tabIndex = -1;
  return row;
}

export function moveRow(step: 1 | -1): void {
  const rows = rowsInSight();
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
  const row = rows[next];
  if (!row) return;
  focusOf(row).focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}

export interface ListKeys {
  count: number;
  /** The chosen row, -1 for none. */
  current: number;
  onMove: (index: number) => void;
  onOpen?: (index: number) => void;
}

/** For lists whose rows are not all drawn, or that have a chosen row of their own: j and k move the choice. */
export function useListKeys({ count, current, onMove, onOpen }: ListKeys): void {
  const move = (index: number) => {
    if (count > 0) onMove(Math.max(0, Math.min(count - 1, index)));
  };
  const open = onOpen && { keys: 'o', text: t.keys.open, run: () => current >= 0 && onOpen(current) };
  useShortcuts([
    { keys: 'j', text: t.keys.nextRow, run: () => move(current + 1) },
    { keys: 'k', text: t.keys.previousRow, run: () => move(current < 0 ? count - 1 : current - 1) },
    ...(open ? [open] : []),
  ]);
}
