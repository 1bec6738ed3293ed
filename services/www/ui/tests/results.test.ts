// SPDX-License-Identifier: Apache-2.0
// Tests of result names and of the choice of the step to show.
import { describe, expect, it } from 'vitest';
import { resultStatus, statusOf, stepToShow } from '../src/lib/results';

const step = (number: number, results: number | null, started = true, hidden = false) => ({
  number,
  results,
  complete: results !== null,
  started_at: started ? 100 + number : null,
  hidden,
});

describe('names', () => {
  it('knows every code', () => {
    const names = [0, 1, 2, 3, 4, 5, 6].map(resultStatus);
    expect(names).toEqual(['success', 'warnings', 'failure', 'skipped', 'exception', 'retry', 'cancelled']);
  });
  it.each([null, undefined, -1, 99])('calls %s unknown', (code) => expect(resultStatus(code)).toBe('unknown'));
  it('tells running from pending', () => {
    expect(statusOf(step(0, null))).toBe('running');
    expect(statusOf(step(0, null, false))).toBe('pending');
    expect(statusOf(step(0, 2))).toBe('failure');
  });
});

describe('stepToShow', () => {
  it('shows the running step of a running build, even after a failure', () => {
    expect(stepToShow([step(0, 2), step(1, null), step(2, null, false)], false)?.number).toBe(1);
  });
  it('shows the first step that failed', () => {
    expect(stepToShow([step(0, 0), step(1, 2), step(2, 4), step(3, 0)], true)?.number).toBe(1);
  });
  it('prefers a failure to a cancellation', () => {
    expect(stepToShow([step(0, 6), step(1, 2)], true)?.number).toBe(1);
  });
  it('shows the last step of a good build', () => {
    expect(stepToShow([step(0, 0), step(1, 0), step(2, 3, false)], true)?.number).toBe(1);
  });
  it('ignores hidden steps and empty builds', () => {
    expect(stepToShow([step(0, 0), step(1, 2, true, true)], true)?.number).toBe(0);
    expect(stepToShow([], true)).toBeUndefined();
  });
});
