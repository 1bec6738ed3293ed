// SPDX-License-Identifier: Apache-2.0
// Where rows of a log stand in a box that scrolls. Browsers draw no element higher than some 17 million pixels, and
// rows that wrap are of unknown height until they are drawn: so places in a long log are by share, and near by pixels.

/** Pixels that the rows of a log together may seem to have. */
export const HIGHEST = 8_000_000;

export interface Scale {
  /** Rows, and the pixels that one has on average. */
  count: number;
  row: number;
  /** Pixels of the box. */
  view: number;
}

/** Height of all rows, as the scroll bar has it. */
export function heightOf({ count, row }: Scale): number {
  return Math.min(HIGHEST, Math.ceil(count * row));
}

/** Pixels at either end in which the scroll bar goes by pixels even when it can't in between. */
const EDGE = 20_000;

/** Pixels that rows above the box can have, truly and by the scroll bar, and how many of them are an edge. */
function rooms(scale: Scale): { real: number; shown: number; edge: number } {
  const real = Math.max(0, scale.count * scale.row - scale.view);
  const shown = Math.max(0, heightOf(scale) - scale.view);
  return { real, shown, edge: Math.min(EDGE, shown / 4) };
}

/** From `value` of `whole` pixels to as much of `other`: the edges alike, what lies between by its share. */
function convert(value: number, whole: number, other: number, edge: number): number {
  const at = Math.min(whole, Math.max(0, value));
  if (at <= edge) return Math.min(at, other);
  if (at >= whole - edge) return Math.max(0, other - (whole - at));
  return edge + ((at - edge) / (whole - 2 * edge)) * (other - 2 * edge);
}

/** The row (with its fraction) at the upper edge of the box, by where the scroll bar stands. */
export function rowAt(scale: Scale, top: number): number {
  const { real, shown, edge } = rooms(scale);
  return convert(top, shown, real, edge) / scale.row;
}

/** Where the scroll bar stands when that row is at the upper edge. */
export function topOf(scale: Scale, row: number): number {
  const { real, shown, edge } = rooms(scale);
  return convert(row * scale.row, real, shown, edge);
}

/** The rows to draw round a place: some more than are seen, so that scrolling shows no gap. */
export function rowsRound(scale: Scale, row: number, over: number): { start: number; end: number } {
  const seen = Math.ceil(scale.view / scale.row);
  const first = Math.max(0, Math.min(Math.floor(row), scale.count - seen));
  return { start: Math.max(0, first - over), end: Math.min(scale.count, Math.floor(Math.max(first, row)) + seen + over) };
}
