// SPDX-License-Identifier: Apache-2.0
// Tests of the ANSI parser.
import { describe, expect, it } from 'vitest';
import { parseAnsi, readableOn, stripAnsi } from '../src/lib/ansi';

const ESC = '\x1b[';

describe('parseAnsi', () => {
  it('leaves plain text alone', () => expect(parseAnsi('make -j4')).toEqual([{ text: 'make -j4', style: {} }]));
  it('gives nothing for an empty line', () => expect(parseAnsi('')).toEqual([]));
  it('colours until the reset', () => {
    expect(parseAnsi(`${ESC}31;1merror:${ESC}0m no`)).toEqual([
      { text: 'error:', style: { fg: 1, bold: true } },
      { text: ' no', style: {} },
    ]);
  });
  it('takes an empty sequence for a reset', () => {
    expect(parseAnsi(`${ESC}32mok${ESC}m.`)[1]).toEqual({ text: '.', style: {} });
  });
  it('knows bright, 256 and true colours', () => {
    expect(parseAnsi(`${ESC}92ma`)[0]?.style).toEqual({ fg: 10 });
    expect(parseAnsi(`${ESC}38;5;9ma`)[0]?.style).toEqual({ fg: 9 });
    expect(parseAnsi(`${ESC}48;5;196ma`)[0]?.style).toEqual({ bg: 'rgb(255 0 0)' });
    expect(parseAnsi(`${ESC}38;5;244ma`)[0]?.style).toEqual({ fg: 'rgb(128 128 128)' });
    expect(parseAnsi(`${ESC}38;2;1;2;999;4ma`)[0]?.style).toEqual({ fg: 'rgb(1 2 255)', underline: true });
    expect(parseAnsi(`${ESC}38:2::1:2:3;4:3ma`)[0]?.style).toEqual({ fg: 'rgb(1 2 3)', underline: true });
    expect(parseAnsi(`${ESC}48:5:196ma`)[0]?.style).toEqual({ bg: 'rgb(255 0 0)' });
  });
  it('undoes single attributes', () => {
    const { style } = parseAnsi(`${ESC}1;3;31m${ESC}22;39mx`)[0]!;
    expect(style.bold).toBeUndefined();
    expect(style.fg).toBeUndefined();
    expect(style.italic).toBe(true);
  });
  it('drops cursor moves, titles, and broken escapes', () => {
    expect(stripAnsi(`a${ESC}2K${ESC}1;1Hb\x1b]0;title\x07c\x1b]8;;http://x\x1b\\d\x1b`)).toBe('abcd');
  });
  it('shows what searches on the server look at (tests/www/test_log_plain.c)', () => {
    const cases = [
      ['\x1b(Bx\x1b=y\x1b7z', 'xyz'], ['\x1b]never ended', ''], ['\x1b]broken\x1b[1mx', 'brokenx'], ['\x1b[', '['], ['\x1b[12', '[12'],
      ['a\x07\tb\x01\x7f', 'a\tb'], ['\r\r', ''], ['section_start:1:x\r\x1b[0KHeader', 'Header'], ['caf\xe9 \u20ac', 'caf\xe9 \u20ac'],
    ] as const;
    for (const [line, shown] of cases) expect(stripAnsi(line)).toBe(shown);
  });
  it('drops control characters but keeps tabs', () => expect(stripAnsi('a\x07\tb\x00')).toBe('a\tb'));
  it('shows what a rewritten line shows at last', () => {
    expect(stripAnsi('10%\r50%\r100%')).toBe('100%');
    expect(stripAnsi('done\r')).toBe('done');
  });
  it('is not slow on a hostile line', () => {
    const start = performance.now();
    parseAnsi('\x1b['.repeat(50_000));
    parseAnsi(`\x1b]${'a'.repeat(100_000)}`);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

it('puts black or white on a ground', () => {
  expect(readableOn(1)).toBe('#fff');
  expect(readableOn(15)).toBe('#111');
  expect(readableOn('rgb(255 255 0)')).toBe('#111');
  expect(readableOn('rgb(10 10 90)')).toBe('#fff');
});
