// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { busyOverTime, lanesOf, mostAtOnce } from '../src/lib/load';

const span = (started_at: number, complete_at: number | null) => ({ started_at, complete_at });

describe('how busy workers were', () => {
  it('is the mean of each part', () => {
    expect(busyOverTime([span(0, 10), span(5, 10)], 0, 20, 4)).toEqual([1, 2, 0, 0]);
    expect(busyOverTime([span(-100, null)], 0, 20, 2)).toEqual([1, 1]);
    expect(busyOverTime([span(0, 5)], 0, 20, 2)).toEqual([0.5, 0]);
    expect(busyOverTime([span(30, 40)], 0, 20, 2)).toEqual([0, 0]);
    expect(busyOverTime([], 5, 5, 2)).toEqual([0, 0]);
  });
  it('counts one that ends when another begins once', () => {
    expect(mostAtOnce([span(0, 5), span(5, 9), span(7, null)], 20)).toBe(2);
    expect(mostAtOnce([], 20)).toBe(0);
  });
  it('gives each build the first slot that is free', () => {
    const [a, b, c, d] = [span(0, 10), span(2, 4), span(5, null), span(11, 12)];
    expect(lanesOf([d!, c!, b!, a!], 20)).toEqual([[a, d], [b, c]]);
  });
});
