// SPDX-License-Identifier: Apache-2.0
// Tests of what a builder's chart shows.
import { expect, it } from 'vitest';
import type { Build } from '../src/api/records';
import { goodPercent, nearest, pointsOf, usualOf } from '../src/lib/history';

const build = (number: number, started_at: number, took: number | null, results: number | null) =>
  ({ number, buildid: number, started_at, complete: took !== null, complete_at: took === null ? null : started_at + took, results }) as Build;
const points = pointsOf([build(5, 500, null, null), build(4, 400, 90, 6), build(3, 300, 30, 2), build(2, 200, 20, 1), build(1, 100, 10, 0)]);

it('has complete builds, the oldest first', () => {
  expect(points.map((p) => [p.build.number, p.took, p.status])).toEqual([[1, 10, 'success'], [2, 20, 'warnings'], [3, 30, 'failure'], [4, 90, 'cancelled']]);
});

it('knows what good builds take, and how many were good', () => {
  expect([usualOf(points), goodPercent(points)]).toEqual([10, 67]);
  expect([usualOf([]), goodPercent([])]).toEqual([undefined, undefined]);
});

it('finds the point that is meant', () => {
  const place = (p: { at: number; took: number }) => ({ x: p.at, y: p.took });
  expect(nearest(points, 205, 22, 10, place)?.build.number).toBe(2);
  expect(nearest(points, 250, 22, 10, place)).toBeUndefined();
});
