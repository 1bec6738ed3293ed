// SPDX-License-Identifier: Apache-2.0
// Turns the colour escapes of one log line into styled pieces of text, by ansi-sequence-parser.
//
// The parser knows colours only, in their usual form. What else terminals obey is taken out before; what www's searches
// look at is the same text (services/www/contents/log_plain.c), so that the places that they tell are right here.
//
// Each line starts afresh: a window of a log may begin anywhere, so colours carried over from a line that
// was never loaded would make the same line look different from one visit to the next.
import { createAnsiSequenceParser, createColorPalette, namedColors, type Color, type ParseToken } from 'ansi-sequence-parser';

export interface Style {
  /** 0…15: a colour of the theme's palette; a string: an exact CSS colour. */
  fg?: number | string;
  bg?: number | string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  strikethrough?: boolean;
  inverse?: boolean;
}

export interface Piece {
  text: string;
  style: Style;
}

// CSI sequences, OSC sequences (titles, links), and short escapes, in that order.
const ESCAPE = /\x1b\[([0-?]*)([ -/]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b(?:[ -/]+[0-~]|[0-Z\\-~])?/g;
const CONTROL = /[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f]/g;
const STRANGE = /[\x00-\x08\x0a-\x1f\x7f]/;

/** A progress bar rewrites its line with carriage returns; what a terminal shows at last is the last part. */
function afterReturn(line: string): string {
  if (!line.includes('\r')) return line;
  const parts = line.split('\r').filter((part) => part !== '');
  return parts.at(-1) ?? '';
}

/** "4:3" is a kind of underline, "38:2::1:2:3" a colour with an empty colour space: as the parser knows them. */
function plainParameters(parameters: string): string {
  const codes = parameters.split(';').map((code) => {
    if (!code.includes(':')) return code;
    const parts = code.split(':');
    if (parts[0] !== '38' && parts[0] !== '48') return parts[1] === '0' ? `2${parts[0]}` : parts[0]!;
    return (parts[1] === '2' && parts.length > 5 ? [...parts.slice(0, 2), ...parts.slice(3, 6)] : parts).join(';');
  });
  return codes.map((code) => code || '0').join(';');
}

export function parseAnsi(line: string): Piece[] {
  if (!STRANGE.test(line)) return line === '' ? [] : [{ text: line, style: {} }];
  // A lone ESC is no part of a sequence any more; one that stays begins a colour.
  const coloured = afterReturn(line)
    .replace(ESCAPE, (_all, parameters?: string, between?: string, last?: string) =>
      last === 'm' && between === '' && /^[0-9:;]*$/.test(parameters ?? '') ? `\x1b[${plainParameters(parameters ?? '')}m` : '')
    .replace(CONTROL, '');
  return createAnsiSequenceParser().parse(coloured).map((token) => ({ text: token.value, style: styleOf(token) }));
}

export function stripAnsi(line: string): string {
  return STRANGE.test(line) ? parseAnsi(line).map((piece) => piece.text).join('') : line;
}

const palette = createColorPalette();

function colourOf(colour: Color | null): number | string | undefined {
  if (!colour) return undefined;
  if (colour.type === 'named') return namedColors.indexOf(colour.name);
  if (colour.type === 'rgb') return rgb(colour.rgb.map((n) => Math.min(255, n)));
  if (!(colour.index >= 0 && colour.index <= 255)) return undefined;
  if (colour.index < 16) return colour.index;
  return rgb((palette.value(colour).match(/[0-9a-f]{2}/g) ?? []).map((hex) => parseInt(hex, 16)));
}

const rgb = (parts: readonly number[]) => `rgb(${parts.join(' ')})`;

function styleOf({ foreground, background, decorations }: ParseToken): Style {
  const style: Style = {};
  const fg = colourOf(foreground);
  const bg = colourOf(background);
  if (fg !== undefined) style.fg = fg;
  if (bg !== undefined) style.bg = bg;
  for (const name of decorations) {
    if (name === 'reverse') style.inverse = true;
    else if (name !== 'hidden' && name !== 'overline') style[name] = true;
  }
  return style;
}

function brightness(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return 0.299 * r + 0.587 * g + 0.114 * b;
}

/** Black or white, whichever can be read on the colour; the theme's own text colours suit only its own ground. */
export function readableOn(colour: number | string): string {
  if (typeof colour === 'number') return [7, 11, 14, 15].includes(colour) ? '#111' : '#fff';
  return brightness(colour) > 140 ? '#111' : '#fff';
}

/** An exact colour as it can be read on either theme's ground: mixed with the text's own colour. */
export function readable(colour: number | string): string {
  return typeof colour === 'number' ? `var(--ansi-${colour})` : `color-mix(in oklab, ${colour} 55%, var(--log-text))`;
}
