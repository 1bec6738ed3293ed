// SPDX-License-Identifier: Apache-2.0
// Lines that an address marks: "?line=120" or "?line=120-140", counted from 1; here from 0.

export interface LineRange {
  from: number;
  to: number;
}

export function parseRange(text: string | null): LineRange | undefined {
  const parts = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text ?? '');
  if (!parts) return undefined;
  const one = Number(parts[1]) - 1;
  const other = parts[2] === undefined ? one : Number(parts[2]) - 1;
  return one < 0 || other < 0 ? undefined : { from: Math.min(one, other), to: Math.max(one, other) };
}

export function formatRange({ from, to }: LineRange): string {
  return from === to ? String(from + 1) : `${from + 1}-${to + 1}`;
}

/** From where a range began to the line clicked with Shift. */
export function extend(range: LineRange | null, line: number): LineRange {
  if (!range) return { from: line, to: line };
  return line < range.from ? { from: line, to: range.to } : { from: range.from, to: line };
}
