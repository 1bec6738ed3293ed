// SPDX-License-Identifier: Apache-2.0
// Tests of reading a log in pieces.
import { expect, it } from 'vitest';
import { ApiError } from '../src/api/client';
import type { Log } from '../src/api/records';
import { LogFeed, type FeedState } from '../src/live/logfeed';
import { PAGE, windowEnd, type Range } from '../src/lib/logwindow';

const logOf = (num_lines: number): Log => ({ logid: 1, name: 'stdio', slug: 'stdio', stepid: 1, complete: false, num_lines, type: 's' });

const content = ({ offset, limit }: Range) => Array.from({ length: limit }, (_, i) => `o${offset + i}\n`).join('');

/** Lets every promise that can go on do so. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

function feedOf(line?: number, fetch?: (range: Range) => Promise<string>) {
  const asked: Range[] = [];
  const states: FeedState[] = [];
  const feed = new LogFeed(1, line, (state) => states.push(state), (_, range) => {
    asked.push(range);
    return fetch ? fetch(range) : Promise.resolve(content(range));
  });
  return { feed, asked, last: () => states.at(-1)! };
}

it('reads the end first and then what is added', async () => {
  const { feed, asked, last } = feedOf();
  feed.update(logOf(10_000));
  await settle();
  feed.update(logOf(10_003));
  await settle();
  expect(asked).toEqual([{ offset: 9500, limit: PAGE }, { offset: 10_000, limit: 3 }]);
  expect([last().window.first, windowEnd(last().window), last().following]).toEqual([9500, 10_003, true]);
});

it('opens at a line and does not follow', async () => {
  const { feed, asked, last } = feedOf(4999);
  feed.update(logOf(10_000));
  await settle();
  feed.update(logOf(10_100));
  await settle();
  expect(asked).toEqual([{ offset: 4749, limit: PAGE }]);
  expect(last().window.total).toBe(10_100);
  await feed.earlier();
  await feed.later();
  expect([last().window.first, windowEnd(last().window)]).toEqual([4249, 5749]);
});

it('waits for the first line of an empty log', async () => {
  const { feed, asked, last } = feedOf();
  feed.update(logOf(0));
  await settle();
  expect([asked.length, last().loaded]).toEqual([0, true]);
  feed.update(logOf(2));
  await settle();
  expect(last().window.lines).toEqual(['o0', 'o1']);
});

it('jumps to the beginning and back to the end', async () => {
  const { feed, last } = feedOf();
  feed.update(logOf(10_000));
  await settle();
  await feed.jump('start');
  expect([last().window.first, last().following]).toEqual([0, false]);
  await feed.jump('end');
  expect([windowEnd(last().window), last().following]).toEqual([10_000, true]);
});

it('stops at an error, and goes on when told to', async () => {
  let broken = true;
  const { feed, asked, last } = feedOf(undefined, (range) => (broken ? Promise.reject(new ApiError('no', 500)) : Promise.resolve(content(range))));
  feed.update(logOf(5));
  await settle();
  expect([asked.length, last().error?.message]).toEqual([1, 'no']);
  broken = false;
  feed.retry();
  await settle();
  expect([last().error, last().window.lines.length]).toEqual([undefined, 5]);
});

it('does not ask for ever when the server sends less than it promised', async () => {
  const { feed, asked } = feedOf(undefined, () => Promise.resolve(''));
  feed.update(logOf(5));
  await settle();
  expect(asked.length).toBeLessThan(3);
});
