// SPDX-License-Identifier: Apache-2.0
// Waiting for what comes true by itself.
import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is truthy, and returns it; `state`, if given, is asked for what the failure should tell. */
export async function until(what, ask, { seconds = 60, state = () => '' } = {}) {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain for ${what} ${await state()}`);
    await pause(50);
  }
}
