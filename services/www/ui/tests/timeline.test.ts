// SPDX-License-Identifier: Apache-2.0
// Tests of the places of steps on the time line of their build.
import { describe, expect, it } from 'vitest';
import { lineOf, lockWait, placeOf, waitsForLocks } from '../src/lib/timeline';

const done = (started_at: number, complete_at: number, locks_acquired_at: number | null = started_at) => ({ started_at, complete_at, locks_acquired_at });

describe('the line of a build', () => {
  it('ends with the build', () => expect(lineOf({ started_at: 100, complete_at: 160 }, 600, 999)).toEqual({ from: 100, to: 160 }));
  it('is as long as usual while it runs, and longer when it takes longer', () => {
    expect(lineOf({ started_at: 100, complete_at: null }, 60, 110)).toEqual({ from: 100, to: 160 });
    expect(lineOf({ started_at: 100, complete_at: null }, 60, 300)).toEqual({ from: 100, to: 300 });
    expect(lineOf({ started_at: 100, complete_at: null }, null, 130)).toEqual({ from: 100, to: 130 });
  });
  it('has a length however short the build was', () => expect(lineOf({ started_at: 100, complete_at: 100 }, null, 100).to).toBe(101));
});

describe('the place of a step', () => {
  const line = { from: 100, to: 200 };
  it('is its share of the time', () => expect(placeOf(done(110, 160), line, 999)).toEqual({ at: 0.1, waits: 0, works: 0.5 }));
  it('tells waiting for locks from work', () => {
    const place = placeOf(done(110, 160, 130), line, 999)!;
    expect(place.waits).toBeCloseTo(0.2);
    expect(place.works).toBeCloseTo(0.3);
  });
  it('only waits while it has no locks', () => {
    const item = { started_at: 110, complete_at: null, locks_acquired_at: null };
    expect(waitsForLocks(item)).toBe(true);
    const place = placeOf(item, line, 160)!;
    expect([place.waits, place.works]).toEqual([0.5, 0]);
  });
  it('is nowhere before it began', () => expect(placeOf({ started_at: null, complete_at: null }, line, 160)).toBeUndefined());
  it('is cut off where a build outlives the one that triggered it', () => {
    expect(placeOf({ started_at: 150, complete_at: 400 }, line, 999)).toEqual({ at: 0.5, waits: 0, works: 0.5 });
    expect(placeOf({ started_at: 250, complete_at: 400 }, line, 999)).toEqual({ at: 1, waits: 0, works: 0 });
  });
});

it('counts the seconds that a step waited', () => {
  expect([lockWait(done(110, 160, 130)), lockWait(done(110, 160)), lockWait({ started_at: 110, complete_at: 120 })]).toEqual([20, 0, 0]);
});
