// SPDX-License-Identifier: Apache-2.0
// Tests of reading a log in blocks.
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../src/api/client';
import { BLOCK, type Range } from '../src/lib/logblocks';
import { LogFeed, readLines } from '../src/live/logfeed';

const settled = () => new Promise((done) => setTimeout(done));
const numbered = ({ offset, limit }: Range) => Array.from({ length: limit }, (_, i) => `o${offset + i}`);

function feedOf(answer: (range: Range, signal: AbortSignal) => Promise<readonly string[]> = async (range) => numbered(range)) {
  const asked: Range[] = [];
  const changed = vi.fn();
  const fetch = (range: Range, signal: AbortSignal) => {
    asked.push(range);
    return answer(range, signal);
  };
  return { feed: new LogFeed(fetch, changed), fetch, asked, changed };
}

describe('LogFeed', () => {
  it('reads what is looked at, in the middle of a huge log as well', async () => {
    const { feed, asked, changed } = feedOf();
    feed.want([50_000, 50_001], 20_000_000);
    await settled();
    expect(asked).toEqual([{ offset: 50_000 * BLOCK, limit: BLOCK }, { offset: 50_001 * BLOCK, limit: BLOCK }]);
    expect(feed.blocks.line(10_000_000)).toBe('o10000000');
    expect(feed.blocks.line(0)).toBeUndefined();
    expect(changed).toHaveBeenCalledTimes(2);
  });
  it('reads no more than two blocks at once', async () => {
    const { feed, asked } = feedOf(() => new Promise(() => {}));
    feed.want([1, 2, 3, 4], 10_000);
    await settled();
    expect(asked.length).toBe(2);
  });
  it('reads only what a growing log has more', async () => {
    const { feed, asked } = feedOf();
    feed.want([0], 3);
    await settled();
    feed.want([0], 5);
    await settled();
    expect(asked).toEqual([{ offset: 0, limit: 3 }, { offset: 3, limit: 2 }]);
    expect(feed.blocks.line(4)).toBe('o4');
  });
  it('lets go of what is looked at no more', async () => {
    const aborted: number[] = [];
    const { feed } = feedOf((range, signal) => new Promise((_, fail) => signal.addEventListener('abort', () => {
      aborted.push(range.offset);
      fail(new Error('aborted'));
    })));
    feed.want([7], 100_000);
    feed.want([300], 100_000);
    await settled();
    expect(aborted).toEqual([7 * BLOCK]);
    expect(feed.error).toBeUndefined();
  });
  it('tells of what came although it was given up', async () => {
    let answer: (lines: string[]) => void = () => {};
    const { feed, changed } = feedOf(() => new Promise((done) => (answer = done)));
    feed.want([7], 100_000);
    const first = answer;
    feed.want([300], 100_000);
    feed.want([7], 100_000);
    first(numbered({ offset: 7 * BLOCK, limit: BLOCK }));
    await settled();
    expect(changed).toHaveBeenCalled();
    expect(feed.blocks.line(7 * BLOCK)).toBeDefined();
  });
  it('stops at an error until it is told to try again', async () => {
    let fail = true;
    const { feed, asked } = feedOf(async (range) => {
      if (fail) throw new ApiError('gone', 503);
      return numbered(range);
    });
    feed.want([0], 10);
    await settled();
    feed.want([0], 10);
    expect([asked.length, feed.error?.message]).toEqual([1, 'gone']);
    fail = false;
    feed.retry();
    await settled();
    expect(feed.blocks.line(9)).toBe('o9');
  });
  it('does not ask for ever a server that sends nothing', async () => {
    const { feed, asked } = feedOf(async () => []);
    feed.want([0], 10);
    await settled();
    expect(asked.length).toBe(1);
  });
  it('keeps a bounded part of the log', async () => {
    const { feed } = feedOf();
    for (let number = 0; number < 300; number++) {
      feed.want([number], 1_000_000);
      await settled();
    }
    expect(feed.blocks.count).toBeLessThan(70);
    expect(feed.blocks.line(299 * BLOCK)).toBeDefined();
    expect(feed.blocks.line(0)).toBeUndefined();
  });
});

describe('readLines', () => {
  it('reads a range from what is there, and the rest from the server', async () => {
    const { feed, fetch, asked } = feedOf();
    feed.want([0], 1000);
    await settled();
    const lines = await readLines(feed, fetch, BLOCK - 2, BLOCK + 1, 1e6);
    expect(lines).toEqual(numbered({ offset: BLOCK - 2, limit: 4 }));
    expect(asked.at(-1)).toEqual({ offset: BLOCK, limit: 2 });
  });
  it('gives up beyond what a clipboard takes', async () => {
    const { feed, fetch } = feedOf();
    expect(await readLines(feed, fetch, 0, 1_000_000, 10_000)).toBeNull();
  });
});
