// SPDX-License-Identifier: Apache-2.0
// Texts about tests: their results in a build, and what became of them in the builds before.
import { countingIn } from '../plural';

const count = countingIn('en');

export const tests = {
  none: 'This build has no test results.',
  set: (id: number) => `Test results ${id}`,
  noResults: 'No results.',
  noneFailed: 'No test failed.',
  showFailed: 'Show failed tests only',
  showAll: 'Show all tests',
  failed: (n: number) => `${n.toLocaleString('en')} failed`,
  passed: (n: number) => `${n.toLocaleString('en')} passed`,
  unit: (category: string, unit: string) => `${category} in ${unit}`,
  unnamed: 'unnamed test',
  value: 'Value',
  place: 'Place',
  duration: 'Duration',
  history: 'Last runs',
  outcomes: { passed: 'passed', failed: 'failed', skipped: 'skipped', measured: 'measured' } as Record<string, string>,
  run: (number: number, outcome: string, took: string) => `#${number}: ${outcome}${took && `, ${took}`}`,
  noHistory: 'No build before ran this test.',
  newFailure: 'new failure',
  failingSince: (number: number) => `failing since #${number}`,
  failures: (failures: number, runs: number) => `failed ${failures.toLocaleString('en')} of ${count(runs, { one: 'run', other: 'runs' })}`,
  flaky: (percent: number) => `${percent} % flaky`,
  flakyHint: 'How often the result was another than the time before',
  title: 'Tests',
  name: 'Test',
  flakiness: 'Flakiness',
  failedRuns: 'Failed',
  last: 'Last',
  usual: 'Usually',
  only: { flaky: 'Flaky', failing: 'Failing now', slow: 'Slowest', all: 'All' },
  recent: (n: number) => `Over the last ${n} builds.`,
  find: 'Find a test',
  noneMatch: 'No test matches.',
  noTests: 'No build of this builder has told of tests yet. A step test with reports: in slipway.yaml does.',
  noFlaky: 'No test changed its mind lately.',
  noFailing: 'No test is failing.',
};
