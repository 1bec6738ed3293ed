// SPDX-License-Identifier: Apache-2.0
// Turns the colour escapes of one log line into styled pieces of text.
//
// Each line starts afresh: a window of a log may begin anywhere, so colours carried over from a line that
// was never loaded would make the same line look different from one visit to the next.

export interface Style {
  /** 0…15: a colour of the theme's palette; a string: an exact CSS colour. */
  fg?: number | string;
  bg?: number | string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  inverse?: boolean;
}

export interface Piece {
  text: string;
  style: Style;
}

// CSI sequences, OSC sequences (titles, links) and two-character escapes, in that order.
const ESCAPE = /\x1b\[([0-9:;<=>?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[@-Z\\-_]?/g;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/g;

export function parseAnsi(line: string): Piece[] {
  const text = afterCarriageReturn(line);
  const pieces: Piece[] = [];
  let style: Style = {};
  let from = 0;
  for (const match of text.matchAll(ESCAPE)) {
    push(pieces, text.slice(from, match.index), style);
    from = match.index + match[0].length;
    if (match[2] === 'm') style = applySgr(style, match[1] ?? '');
  }
  push(pieces, text.slice(from), style);
  return pieces;
}

export function stripAnsi(line: string): string {
  return parseAnsi(line)
    .map((piece) => piece.text)
    .join('');
}

/** A progress bar rewrites its line with carriage returns; what a terminal shows at last is the last part. */
function afterCarriageReturn(line: string): string {
  if (!line.includes('\r')) return line;
  const parts = line.split('\r').filter((part) => part !== '');
  return parts.at(-1) ?? '';
}

function push(pieces: Piece[], raw: string, style: Style): void {
  const text = raw.replace(CONTROL, '');
  if (text !== '') pieces.push({ text, style });
}

/** Applies one "select graphic rendition" sequence (ECMA-48, and xterm's 256 and true colours). */
function applySgr(before: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map((part) => (part === '' ? 0 : Number(part)));
  let style = { ...before };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, used] = extendedColour(codes.slice(i + 1));
      if (colour !== undefined) style[code === 38 ? 'fg' : 'bg'] = colour;
      i += used;
    } else {
      style = applyCode(style, code);
    }
  }
  return style;
}

function applyCode(style: Style, code: number): Style {
  if (code >= 30 && code <= 37) return { ...style, fg: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, fg: code - 90 + 8 };
  if (code >= 40 && code <= 47) return { ...style, bg: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, bg: code - 100 + 8 };
  switch (code) {
    case 0: return {};
    case 1: return { ...style, bold: true };
    case 2: return { ...style, dim: true };
    case 3: return { ...style, italic: true };
    case 4: return { ...style, underline: true };
    case 7: return { ...style, inverse: true };
    case 22: return { ...style, bold: false, dim: false };
    case 23: return { ...style, italic: false };
    case 24: return { ...style, underline: false };
    case 27: return { ...style, inverse: false };
    case 39: return { ...style, fg: undefined };
    case 49: return { ...style, bg: undefined };
    default: return style;
  }
}

/** The colour after a 38 or 48, and how many parameters it took. */
function extendedColour(rest: readonly number[]): [number | string | undefined, number] {
  if (rest[0] === 5) return [paletteColour(rest[1] ?? 0), 2];
  if (rest[0] === 2) {
    const [r, g, b] = [rest[1] ?? 0, rest[2] ?? 0, rest[3] ?? 0].map((n) => Math.min(255, n));
    return [`rgb(${r} ${g} ${b})`, 4];
  }
  return [undefined, rest.length];
}

/** Black or white, whichever can be read on the colour; the theme's own text colours suit only its own ground. */
export function readableOn(colour: number | string): string {
  if (typeof colour === 'number') return [7, 11, 14, 15].includes(colour) ? '#111' : '#fff';
  const [r = 0, g = 0, b = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? '#111' : '#fff';
}

/** xterm's 256 colours: 16 of the palette, a 6×6×6 cube, 24 greys. */
function paletteColour(n: number): number | string | undefined {
  if (!(n >= 0 && n <= 255)) return undefined;
  if (n < 16) return n;
  if (n >= 232) {
    const grey = 8 + (n - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const index = n - 16;
  return `rgb(${level(Math.floor(index / 36))} ${level(Math.floor(index / 6) % 6)} ${level(index % 6)})`;
}
