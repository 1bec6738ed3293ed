// SPDX-License-Identifier: Apache-2.0
// Tests of the waterfall's time and places.
import { describe, expect, it } from 'vitest';
import type { Build, Builder } from '../src/api/records';
import { boxesBetween, packLanes } from '../src/lib/lanes';
import { busyTimes, FOLDED_HEIGHT, ticksOf, timeScale } from '../src/lib/timescale';
import { layOut, neighbour } from '../src/pages/waterfall/layout';

const HOUR = 3600;

describe('busy times', () => {
  it('join what overlaps or is close', () => {
    const spans = [{ from: 500, to: 600 }, { from: 0, to: 100 }, { from: 50, to: 200 }];
    expect(busyTimes(spans, 100)).toEqual([{ from: 0, to: 200 }, { from: 500, to: 600 }]);
    expect(busyTimes(spans, 300)).toEqual([{ from: 0, to: 600 }]);
  });
});

describe('the scale', () => {
  const spans = [{ from: 0, to: HOUR }, { from: 10 * HOUR, to: 11 * HOUR }];
  it('has the newest at the top and folds idle times', () => {
    const scale = timeScale(spans, 11 * HOUR, { pixelsPerMinute: 2, idle: 300 });
    expect(scale.height).toBe(2 * 120 + FOLDED_HEIGHT);
    expect([scale.at(11 * HOUR), scale.at(10 * HOUR), scale.at(HOUR), scale.at(0)]).toEqual([0, 120, 120 + FOLDED_HEIGHT, 240 + FOLDED_HEIGHT]);
    expect(scale.at(10.5 * HOUR)).toBe(60);
    expect(scale.stretches.filter((s) => s.folded)).toHaveLength(1);
  });
  it('folds nothing where nothing is to be folded', () => {
    const scale = timeScale(spans, 11 * HOUR, { pixelsPerMinute: 1, idle: Number.POSITIVE_INFINITY });
    expect([scale.height, scale.stretches.length]).toEqual([660, 1]);
  });
  it('never runs backwards', () => {
    const scale = timeScale(spans, 11 * HOUR, { pixelsPerMinute: 3, idle: 300 });
    let before = -1;
    for (let time = 11 * HOUR; time >= 0; time -= 300) {
      expect(scale.at(time)).toBeGreaterThanOrEqual(before);
      before = scale.at(time);
    }
  });
  it('has round times, apart from each other', () => {
    const scale = timeScale([{ from: 90, to: HOUR }], HOUR, { pixelsPerMinute: 4, idle: 300 });
    expect(ticksOf(scale, 4, 60)).toEqual([3600, 2700, 1800, 900]);
  });
});

describe('lanes', () => {
  const at = (item: string, top: number, height: number) => ({ item, top, height });
  it('put side by side what would lie on each other', () => {
    const column = packLanes([at('a', 0, 50), at('b', 20, 50), at('c', 55, 10), at('d', 30, 5)], 3);
    expect(column.lanes).toBe(3);
    expect(Object.fromEntries(column.boxes.map((b) => [b.item, b.lane]))).toEqual({ a: 0, b: 1, d: 2, c: 0 });
  });
  it('find the boxes in sight, the tall ones too', () => {
    const column = packLanes([at('tall', 0, 500), at('b', 100, 10), at('c', 300, 10), at('d', 600, 10)], 3);
    expect(boxesBetween(column, 290, 400, 500).map((b) => b.item)).toEqual(['tall', 'c']);
  });
});

describe('the waterfall', () => {
  const builder = (id: number) => ({ builderid: id, name: `b${id}` }) as Builder;
  const build = (buildid: number, builderid: number, from: number, to: number | null) =>
    ({ buildid, builderid, number: buildid, started_at: from, complete_at: to, complete: to !== null }) as Build;
  const builds = [build(4, 1, 900, null), build(3, 1, 500, 700), build(2, 3, 480, 800), build(1, 1, 0, 100), build(9, 7, 0, 10)];
  const drawn = layOut([builder(1), builder(2), builder(3)], builds, 1000, { pixelsPerMinute: 6, idle: 300 });
  it('has a column for each builder that has builds', () => {
    expect(drawn.columns.map((c) => c.builder.builderid)).toEqual([1, 3]);
    expect(drawn.columns[0]?.column.boxes.map((b) => [b.item.buildid, Math.round(b.top)])).toEqual([[4, 0], [3, 30], [1, expect.any(Number)]]);
  });
  it('leads from box to box', () => {
    expect(neighbour(drawn, 4, 'ArrowDown')?.buildid).toBe(3);
    expect(neighbour(drawn, 3, 'ArrowRight')?.buildid).toBe(2);
    expect(neighbour(drawn, 2, 'ArrowLeft')?.buildid).toBe(3);
    expect([neighbour(drawn, 4, 'ArrowUp'), neighbour(drawn, 4, 'ArrowLeft'), neighbour(drawn, 77, 'ArrowUp')]).toEqual([undefined, undefined, undefined]);
  });
});
