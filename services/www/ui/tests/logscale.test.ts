// SPDX-License-Identifier: Apache-2.0
// Tests of where rows stand in the box.
import { describe, expect, it } from 'vitest';
import { heightOf, HIGHEST, rowAt, rowsRound, topOf, type Scale } from '../src/lib/logscale';

const short: Scale = { count: 1000, row: 18, view: 600 };
const huge: Scale = { count: 20_000_000, row: 18, view: 600 };

describe('a log that fits', () => {
  it('goes by pixels', () => {
    expect(heightOf(short)).toBe(18_000);
    for (const row of [0, 1, 500, 966]) {
      expect(topOf(short, row)).toBeCloseTo(row * 18);
      expect(rowAt(short, row * 18)).toBeCloseTo(row);
    }
  });
  it('stands still when all of it is in sight', () => {
    expect(rowAt({ ...short, count: 3 }, 100)).toBe(0);
    expect(topOf({ ...short, count: 3 }, 2)).toBe(0);
  });
});

describe('a log higher than browsers can draw', () => {
  it('is as high as they can', () => expect(heightOf(huge)).toBe(HIGHEST));
  it('reaches both ends', () => {
    expect(rowAt(huge, 0)).toBe(0);
    expect(rowAt(huge, HIGHEST - 600)).toBeCloseTo(20_000_000 - 600 / 18);
    expect(rowAt(huge, HIGHEST)).toBeCloseTo(20_000_000 - 600 / 18);
  });
  it('goes by pixels near the ends, and by share between', () => {
    expect(rowAt(huge, 1800)).toBeCloseTo(100);
    expect(rowAt(huge, HIGHEST - 600 - 1800)).toBeCloseTo(20_000_000 - 600 / 18 - 100);
    expect(rowAt(huge, HIGHEST / 2)).toBeGreaterThan(9_990_000);
    expect(rowAt(huge, HIGHEST / 2)).toBeLessThan(10_010_000);
  });
  it('finds back', () => {
    for (const row of [0, 7, 1111, 2000, 10_000_000, 19_000_000, 19_999_900]) expect(rowAt(huge, topOf(huge, row))).toBeCloseTo(row, 3);
  });
  it('only ever goes down when scrolled down', () => {
    let last = -1;
    for (let top = 0; top < HIGHEST; top += 12_345) {
      expect(rowAt(huge, top)).toBeGreaterThan(last);
      last = rowAt(huge, top);
    }
  });
});

describe('rowsRound', () => {
  it('draws what is seen and some more', () => expect(rowsRound(huge, 1000, 40)).toEqual({ start: 960, end: 1074 }));
  it('draws all of a short log', () => expect(rowsRound({ ...short, count: 5 }, 3, 40)).toEqual({ start: 0, end: 5 }));
  it('draws a full box at the end', () => expect(rowsRound(short, 999, 40)).toEqual({ start: 926, end: 1000 }));
});
