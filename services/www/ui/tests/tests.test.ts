// SPDX-License-Identifier: Apache-2.0
// Tests of what test results mean.
import { expect, it } from 'vitest';
import type { TestResultSet } from '../src/api/records';
import { codePlace, countTests, testStatus } from '../src/lib/tests';

it('reads the values of a set of booleans', () => {
  expect(['1', '0', 'skipped'].map((value) => testStatus({ value }))).toEqual(['success', 'failure', 'skipped']);
});

it('says where a test stands', () => {
  expect(codePlace({ test_code_path: 'tests/test_add.py', line: 42 })).toBe('tests/test_add.py:42');
  expect(codePlace({ test_code_path: 'add.c', line: null })).toBe('add.c');
  expect(codePlace({ test_code_path: null, line: 1 })).toBe('');
});

it('counts over all sets', () => {
  const set = (tests_passed: number | null, tests_failed: number | null) => ({ tests_passed, tests_failed }) as TestResultSet;
  expect(countTests([set(2, 1), set(null, null), set(3, 0)])).toEqual({ passed: 5, failed: 1 });
});
