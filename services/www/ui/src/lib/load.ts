// SPDX-License-Identifier: Apache-2.0
// How busy workers were, told from their builds: how many ran at once, and which slot each took.

export interface Span {
  started_at: number;
  complete_at: number | null;
}

const endOf = (span: Span, now: number) => span.complete_at ?? now;

/** The mean number of builds that ran in each of `parts` equal parts of the time. */
export function busyOverTime(spans: readonly Span[], from: number, to: number, parts: number): number[] {
  const width = (to - from) / parts;
  const busy = Array.from({ length: parts }, () => 0);
  if (width <= 0) return busy;
  for (const span of spans) {
    const begin = Math.max(span.started_at, from);
    const end = Math.min(endOf(span, to), to);
    for (let i = Math.floor((begin - from) / width); i < parts && from + i * width < end; i++) {
      const shared = Math.min(end, from + (i + 1) * width) - Math.max(begin, from + i * width);
      busy[i]! += Math.max(0, shared) / width;
    }
  }
  return busy;
}

/** How many builds ran at once at most. */
export function mostAtOnce(spans: readonly Span[], now: number): number {
  const edges = spans.flatMap((span) => [[span.started_at, 1], [endOf(span, now), -1]] as const);
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let running = 0;
  let most = 0;
  for (const [, step] of edges) most = Math.max(most, (running += step));
  return most;
}

/** Builds by the slot that each took: the first that was free when it began. */
export function lanesOf<T extends Span>(spans: readonly T[], now: number): T[][] {
  const lanes: T[][] = [];
  for (const span of [...spans].sort((a, b) => a.started_at - b.started_at)) {
    const free = lanes.find((lane) => endOf(lane.at(-1)!, now) <= span.started_at);
    if (free) free.push(span);
    else lanes.push([span]);
  }
  return lanes;
}
