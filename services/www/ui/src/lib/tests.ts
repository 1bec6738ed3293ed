// SPDX-License-Identifier: Apache-2.0
// What test result sets and the values in them mean.
import type { TestResult, TestResultSet } from '../api/records';
import type { Status } from './results';

/** Sets of this kind hold passed and failed tests; others hold measured values. */
export function isPassFail(set: Pick<TestResultSet, 'category'>): boolean {
  return set.category === 'pass_fail';
}

/** The value of a failed test in a set of booleans. */
export const FAILED = '0';

export function testStatus(result: Pick<TestResult, 'value'>): Status {
  if (result.value === '1') return 'success';
  return result.value === FAILED ? 'failure' : 'skipped';
}

/** "tests/test_add.py:42", as compilers and editors write it. */
export function codePlace(result: Pick<TestResult, 'test_code_path' | 'line'>): string {
  if (!result.test_code_path) return '';
  return result.line === null ? result.test_code_path : `${result.test_code_path}:${result.line}`;
}

/** How many tests of all sets passed and failed. */
export function countTests(sets: readonly TestResultSet[]): { passed: number; failed: number } {
  const sum = (key: 'tests_passed' | 'tests_failed') => sets.reduce((n, set) => n + (set[key] ?? 0), 0);
  return { passed: sum('tests_passed'), failed: sum('tests_failed') };
}
