// SPDX-License-Identifier: Apache-2.0
// Where a step or a build stands on the time line of its build, as shares of it.

export interface Timed {
  started_at: number | null;
  complete_at: number | null;
  locks_acquired_at?: number | null;
}

/** The time that a line shows, in epoch seconds. */
export interface Line {
  from: number;
  to: number;
}

/** Shares of the line, 0 to 1: where it begins, how long it waited for locks, how long it then worked. */
export interface Place {
  at: number;
  waits: number;
  works: number;
}

/** A build that runs is drawn as long as it usually takes, so that nothing moves until it takes longer. */
export function lineOf(build: { started_at: number; complete_at: number | null }, usual: number | null | undefined, now: number): Line {
  const from = build.started_at;
  const end = build.complete_at ?? Math.max(now, from + (usual ?? 0));
  return { from, to: Math.max(end, from + 1) };
}

/** Undefined for what has not begun; what lies outside of the line (builds that outlive their trigger) is cut off. */
export function placeOf(item: Timed, line: Line, now: number): Place | undefined {
  if (item.started_at === null) return undefined;
  const share = (time: number) => Math.min(1, Math.max(0, (time - line.from) / (line.to - line.from)));
  const end = item.complete_at ?? now;
  const locked = Math.min(end, waitsForLocks(item) ? end : (item.locks_acquired_at ?? item.started_at));
  const [at, works, over] = [share(item.started_at), share(locked), share(end)];
  return { at, waits: works - at, works: over - works };
}

/** A running step whose locks are still held by others. */
export function waitsForLocks(item: Timed): boolean {
  return item.started_at !== null && item.complete_at === null && item.locks_acquired_at === null;
}

/** Seconds that a step waited for its locks before it worked. */
export function lockWait(item: Timed): number {
  if (item.started_at === null || !item.locks_acquired_at) return 0;
  return Math.max(0, item.locks_acquired_at - item.started_at);
}
