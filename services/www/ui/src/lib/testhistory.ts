// SPDX-License-Identifier: Apache-2.0
// What a test's earlier runs say of it.
import type { Test, TestRun } from '../api/records';
import type { Status } from './results';

const STATUS: Record<string, Status> = { passed: 'success', failed: 'failure', skipped: 'skipped' };

/** Runs that measured something are neither good nor bad. */
export function runStatus(outcome: string): Status {
  return STATUS[outcome] ?? 'unknown';
}

/** Since which build it fails, when it fails now; `number` is the build that asks. */
export function failingSince(test: Pick<Test, 'failing_since_number'>, number: number): number | undefined {
  const since = test.failing_since_number;
  return since === null || since > number ? undefined : since;
}

export interface RunBar {
  run: TestRun;
  status: Status;
  /** Height, 0 to 1: its time beside the longest; 1 where none has a time. */
  share: number;
}

/** One for each run, the oldest first. */
export function runBars(runs: readonly TestRun[]): RunBar[] {
  const longest = Math.max(0, ...runs.map((run) => run.duration_ns ?? 0));
  return [...runs]
    .sort((a, b) => a.number - b.number || a.test_resultid - b.test_resultid)
    .map((run) => ({ run, status: runStatus(run.outcome), share: longest > 0 ? (run.duration_ns ?? 0) / longest : 1 }));
}
