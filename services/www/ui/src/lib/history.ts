// SPDX-License-Identifier: Apache-2.0
// A builder's builds over time: how long each took, what is usual, and how many were good.
import type { Build } from '../api/records';
import { median } from './format';
import { statusOf, type Status } from './results';

export interface Point {
  build: Build;
  status: Status;
  /** Epoch seconds of the start. */
  at: number;
  /** Seconds. */
  took: number;
}

/** Complete builds from the oldest to the newest. */
export function pointsOf(builds: readonly Build[]): Point[] {
  return builds
    .filter((b) => b.complete && b.complete_at !== null)
    .map((build) => ({ build, status: statusOf(build), at: build.started_at, took: build.complete_at! - build.started_at }))
    .sort((a, b) => a.at - b.at);
}

/** What good builds usually take, in seconds. */
export function usualOf(points: readonly Point[]): number | undefined {
  return median(points.filter((p) => p.status === 'success' || p.status === 'warnings').map((p) => p.took));
}

/** How many in a hundred were good, among those that say something about the code. */
export function goodPercent(points: readonly Point[]): number | undefined {
  const telling = points.filter((p) => ['success', 'warnings', 'failure', 'exception'].includes(p.status));
  const good = telling.filter((p) => p.status === 'success' || p.status === 'warnings').length;
  return telling.length === 0 ? undefined : Math.round((100 * good) / telling.length);
}

/** The point that is nearest to a place, within `reach` pixels; places as the functions give them. */
export function nearest(points: readonly Point[], x: number, y: number, reach: number, place: (point: Point) => { x: number; y: number }): Point | undefined {
  let best: Point | undefined;
  let bestDistance = reach * reach;
  for (const point of points) {
    const at = place(point);
    const distance = (at.x - x) ** 2 + (at.y - y) ** 2;
    if (distance <= bestDistance) [best, bestDistance] = [point, distance];
  }
  return best;
}
