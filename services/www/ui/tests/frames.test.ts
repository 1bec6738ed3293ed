// SPDX-License-Identifier: Apache-2.0
// Tests of how often live events are drawn.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { redrawSoon } from '../src/live/frames';

beforeEach(() => {
  vi.useFakeTimers();
  vi.advanceTimersByTime(1000);
});

afterEach(() => {
  vi.useRealTimers();
});

it('draws at once after a quiet time, and ten times a second in a burst', () => {
  let drawn = 0;
  const redraw = () => (drawn += 1);
  redrawSoon(redraw);
  vi.advanceTimersByTime(1);
  expect(drawn).toBe(1);
  for (let ms = 0; ms < 1000; ms += 20) {
    redrawSoon(redraw);
    vi.advanceTimersByTime(20);
  }
  expect(drawn).toBeGreaterThanOrEqual(9);
  expect(drawn).toBeLessThanOrEqual(11);
});

it('draws nothing that was taken back', () => {
  let drawn = 0;
  redrawSoon(() => (drawn += 1))();
  vi.advanceTimersByTime(1000);
  expect(drawn).toBe(0);
});
