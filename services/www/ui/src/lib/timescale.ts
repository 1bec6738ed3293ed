// SPDX-License-Identifier: Apache-2.0
// Time down a page, the newest at the top: as long as something runs, minutes have a height; long idle times are folded.

export interface Span {
  /** Epoch seconds. */
  from: number;
  to: number;
}

/** A stretch of time and where it is drawn; what is folded is as high as its label. */
export interface Stretch extends Span {
  top: number;
  height: number;
  folded: boolean;
}

export interface TimeScale {
  stretches: readonly Stretch[];
  /** Pixels in all. */
  height: number;
  /** Where a time is drawn, in pixels from the top. */
  at: (time: number) => number;
}

export interface ScaleOptions {
  pixelsPerMinute: number;
  /** Idle times longer than this many seconds are folded; Infinity folds nothing. */
  idle: number;
}

export const FOLDED_HEIGHT = 28;

/** The spans joined where they overlap or are closer than `gap` seconds; in order. */
export function busyTimes(spans: readonly Span[], gap: number): Span[] {
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  const joined: Span[] = [];
  for (const span of sorted) {
    const last = joined.at(-1);
    if (last && span.from - last.to <= gap) last.to = Math.max(last.to, span.to);
    else joined.push({ ...span });
  }
  return joined;
}

export function timeScale(spans: readonly Span[], now: number, options: ScaleOptions): TimeScale {
  // The present is always there, as the place where the next build appears.
  const busy = busyTimes([...spans, { from: now - 1, to: now }], options.idle).reverse();
  const stretches: Stretch[] = [];
  let top = 0;
  for (const [i, { from, to }] of busy.entries()) {
    const later = busy[i - 1];
    if (later) {
      stretches.push({ from: to, to: later.from, top, height: FOLDED_HEIGHT, folded: true });
      top += FOLDED_HEIGHT;
    }
    const height = ((to - from) / 60) * options.pixelsPerMinute;
    stretches.push({ from, to, top, height, folded: false });
    top += height;
  }
  return { stretches, height: top, at: (time) => place(stretches, time) };
}

function place(stretches: readonly Stretch[], time: number): number {
  // The newest comes first: the first stretch that begins before the time has it.
  let low = 0;
  let high = stretches.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle]!.from <= time) high = middle;
    else low = middle + 1;
  }
  const stretch = stretches[low];
  if (!stretch) return 0;
  const share = stretch.to === stretch.from ? 0 : (stretch.to - time) / (stretch.to - stretch.from);
  return stretch.top + stretch.height * Math.min(1, Math.max(0, share));
}

const STEPS = [60, 300, 900, 1800, 3600, 2 * 3600, 6 * 3600, 12 * 3600, 86_400];

/** Round times to be written beside the scale, at least `apart` pixels from each other; a stretch without any has its end. */
export function ticksOf(scale: TimeScale, pixelsPerMinute: number, apart: number): number[] {
  const step = STEPS.find((s) => (s / 60) * pixelsPerMinute >= apart) ?? STEPS.at(-1)!;
  const ticks: number[] = [];
  for (const stretch of scale.stretches) {
    if (stretch.folded) continue;
    const before = ticks.length;
    for (let time = Math.floor(stretch.to / step) * step; time >= stretch.from; time -= step) ticks.push(time);
    if (ticks.length === before) ticks.push(stretch.to);
  }
  return ticks;
}
