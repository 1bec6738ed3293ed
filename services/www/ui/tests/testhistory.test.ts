// SPDX-License-Identifier: Apache-2.0
// Tests of what a test's earlier runs say.
import { expect, it } from 'vitest';
import type { TestRun } from '../src/api/records';
import { failingSince, runBars, runStatus } from '../src/lib/testhistory';

const run = (number: number, duration_ns: number | null, outcome = 'passed') => ({ number, duration_ns, outcome, test_resultid: number }) as TestRun;

it('draws runs from the oldest to the newest, as high as they took', () => {
  const bars = runBars([run(3, 50), run(2, 100, 'failed'), run(1, null)]);
  expect(bars.map(({ run: { number }, status, share }) => [number, status, share])).toEqual([[1, 'success', 0], [2, 'failure', 1], [3, 'success', 0.5]]);
});

it('draws runs without times alike', () => expect(runBars([run(1, null), run(2, null)]).map((bar) => bar.share)).toEqual([1, 1]));

it('knows what is neither good nor bad', () => expect(['passed', 'failed', 'skipped', 'measured'].map(runStatus)).toEqual(['success', 'failure', 'skipped', 'unknown']));

it('tells since when a test fails, but not to builds before', () => {
  expect([failingSince({ failing_since_number: 5 }, 7), failingSince({ failing_since_number: 5 }, 4), failingSince({ failing_since_number: null }, 4)]).toEqual([5, undefined, undefined]);
});
