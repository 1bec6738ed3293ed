// SPDX-License-Identifier: Apache-2.0
// Redraws for live events, gathered: in the next frame after a quiet time, and ten times a second in a burst.

/** The shortest time between two redraws, in ms. */
export const APART = 100;
/** Nobody looks at a hidden page; the title and notifications may still follow. */
const HIDDEN = 1000;

const waiting = new Set<() => void>();
let isPlanned = false;
let last = -Infinity;

const isHidden = () => typeof document !== 'undefined' && document.hidden;

/** In a frame if the page has any, so that it is drawn once for all; hidden pages have none. */
function inFrame(run: () => void): void {
  if (typeof requestAnimationFrame === 'undefined' || isHidden()) run();
  else requestAnimationFrame(run);
}

function runAll(): void {
  isPlanned = false;
  last = performance.now();
  const all = [...waiting];
  waiting.clear();
  for (const redraw of all) redraw();
}

/** Calls `redraw` soon, once however often it was asked for; the returned function takes that back. */
export function redrawSoon(redraw: () => void): () => void {
  waiting.add(redraw);
  if (!isPlanned) {
    isPlanned = true;
    const pause = isHidden() ? HIDDEN : Math.max(0, last + APART - performance.now());
    setTimeout(() => inFrame(runAll), pause);
  }
  return () => waiting.delete(redraw);
}
