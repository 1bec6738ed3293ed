// SPDX-License-Identifier: Apache-2.0
// Tests of the reasons for which requests wait.
import { expect, test } from 'vitest';
import type { Worker } from '../src/api/records';
import { whyWaiting } from '../src/lib/waiting';

function worker(more: Partial<Worker>): Worker {
  return { connected_to: [{ masterid: 1 }], paused: false, graceful: false, ...more } as Worker;
}

test('a worker that is there and willing leaves nothing to explain', () => {
  expect(whyWaiting([worker({ connected_to: [] }), worker({ paused: true }), worker({})])).toBeUndefined();
});

test('the reason is the nearest thing to mend', () => {
  expect(whyWaiting([])).toBe('no worker can run this builder');
  expect(whyWaiting([worker({ connected_to: [] })])).toBe('no worker of this builder is online');
  expect(whyWaiting([worker({ paused: true }), worker({ graceful: true })])).toBe('every worker of this builder is paused');
});
