// SPDX-License-Identifier: Apache-2.0
// Tests of searches whose answers come in parts, of marked ranges, times, and matches within coloured lines.
import { describe, expect, it } from 'vitest';
import type { Query } from '../src/api/client';
import { parseAnsi } from '../src/lib/ansi';
import { cutAt, withSpans } from '../src/lib/logpieces';
import { clockTime, nextTimes, sinceTime } from '../src/lib/logprefs';
import { extend, formatRange, parseRange } from '../src/lib/logrange';
import { countMatches, nearest, nextMatch, ordinal, type Counted } from '../src/live/logsearch';

/** A server that looks at a hundred lines an answer. */
function server(hits: readonly number[], total = 1000) {
  const asked: Query[] = [];
  const fetch = async (query: Query) => {
    asked.push(query);
    const back = query.direction === 'backward';
    const from = query.from as number;
    const to = back ? Math.max(0, from - 99) : Math.min(total - 1, from + 99);
    const seen = hits.filter((line) => (back ? line <= from && line >= to : line >= from && line <= to));
    const found = (back ? seen.reverse() : seen).slice(0, query.limit as number);
    const over = found.length === query.limit ? found.at(-1)! : to;
    const next = back ? over - 1 : over + 1;
    return { items: found.map((line) => ({ line, stream: 'o', text: '', spans: [] })), meta: { next: next < 0 || next >= total ? null : next } };
  };
  return { fetch, asked };
}

describe('the next match', () => {
  it('is looked for until there is one', async () => {
    const { fetch, asked } = server([777]);
    expect(await nearest(fetch, { q: 'x' }, 0, 'forward')).toBe(777);
    expect(asked.length).toBe(8);
  });
  it('is behind the present one, or before it', async () => {
    const { fetch } = server([5, 500, 900]);
    expect(await nextMatch(fetch, { q: 'x' }, 5, 1000, 'forward')).toEqual({ line: 500, wrapped: false });
    expect(await nextMatch(fetch, { q: 'x' }, 900, 1000, 'backward')).toEqual({ line: 500, wrapped: false });
  });
  it('is at the other end when there is none', async () => {
    const { fetch } = server([5, 900]);
    expect(await nextMatch(fetch, { q: 'x' }, 900, 1000, 'forward')).toEqual({ line: 5, wrapped: true });
    expect(await nextMatch(fetch, { q: 'x' }, 5, 1000, 'backward')).toEqual({ line: 900, wrapped: true });
    expect(await nextMatch(server([]).fetch, { q: 'x' }, 5, 1000, 'forward')).toBeUndefined();
  });
});

it('counts what there is, telling of each part', async () => {
  const told: Counted[] = [];
  await countMatches(server([3, 50, 250]).fetch, { q: 'x' }, (counted) => told.push(counted), new AbortController().signal);
  expect(told[0]).toEqual({ lines: [3, 50], whole: false });
  expect(told.at(-1)).toEqual({ lines: [3, 50, 250], whole: true });
  expect([3, 50, 250, 4].map((line) => ordinal(told.at(-1)!, line))).toEqual([1, 2, 3, 0]);
});

describe('marked lines', () => {
  it('are read from the address and written there', () => {
    expect(parseRange('120')).toEqual({ from: 119, to: 119 });
    expect(parseRange('140-120')).toEqual({ from: 119, to: 139 });
    for (const text of [null, '', '0', 'x', '1-', '-3', '1-2-3', '1e5']) expect(parseRange(text)).toBeUndefined();
    expect([formatRange({ from: 119, to: 119 }), formatRange({ from: 0, to: 9 })]).toEqual(['120', '1-10']);
  });
  it('grow to a line clicked with Shift', () => {
    expect(extend(null, 4)).toEqual({ from: 4, to: 4 });
    expect(extend({ from: 4, to: 4 }, 9)).toEqual({ from: 4, to: 9 });
    expect(extend({ from: 4, to: 9 }, 2)).toEqual({ from: 2, to: 9 });
    expect(extend({ from: 4, to: 9 }, 6)).toEqual({ from: 4, to: 6 });
  });
});

it('tells times by the clock and since the start', () => {
  expect(clockTime(Date.UTC(2026, 0, 2, 3, 4, 5, 67), 'UTC')).toBe('03:04:05.067');
  expect(sinceTime(100_000, 100)).toBe('+0:00.0');
  expect(sinceTime(165_250, 100)).toBe('+1:05.2');
  expect(sinceTime(3_823_900, 100)).toBe('+1:02:03.9');
  expect([nextTimes('off'), nextTimes('clock'), nextTimes('since')]).toEqual(['clock', 'since', 'off']);
});

describe('pieces', () => {
  const pieces = parseAnsi('a \x1b[31mred\x1b[0m end');
  it('are cut where matches begin and end', () => {
    expect(withSpans(pieces, [1, 3, 6, 8]).map(({ text, hit }) => [text, hit])).toEqual([
      ['a', false], [' ', true], ['r', true], ['ed', false], [' ', false], ['en', true], ['d', false],
    ]);
    expect(withSpans(pieces, undefined).every(({ hit }) => !hit)).toBe(true);
  });
  it('end where a very long line is cut', () => {
    const { shown, rest } = cutAt(pieces, 4);
    expect([shown.map(({ text }) => text), rest]).toEqual([['a ', 're'], 5]);
    expect(cutAt(pieces).rest).toBe(0);
  });
});
