// SPDX-License-Identifier: Apache-2.0
// What became of a test in the builds before: the last runs as bars, and how often it failed or changed its mind.
import type { Test, TestRun } from '../api/records';
import { formatNanoseconds } from '../lib/format';
import { href, withQuery } from '../lib/route';
import * as specs from '../lib/specs';
import { failingSince, runBars, type RunBar } from '../lib/testhistory';
import { useCollection } from '../live/hooks';
import { t } from '../text';
import { Bar } from './bars';
import { Await } from './notice';
import '../styles/pages/overview.css';

/** The test's last runs, the oldest first; each leads to its build. */
export function TestHistory({ builderid, name }: { builderid: number; name: string }) {
  const runs = useCollection<TestRun>(specs.testHistory(builderid, name));
  return (
    <Await of={runs} lines={1}>
      {(list) => (list.length === 0 ? <span class="muted">{t.tests.noHistory}</span> : <Runs runs={list} />)}
    </Await>
  );
}

function Runs({ runs }: { runs: readonly TestRun[] }) {
  return (
    <span class="bars" role="group" aria-label={t.tests.history} data-testid="test-history">
      {runBars(runs).map((bar) => <Run key={bar.run.test_resultid} bar={bar} />)}
    </span>
  );
}

function Run({ bar: { run, status, share } }: { bar: RunBar }) {
  const took = run.duration_ns === null ? '' : formatNanoseconds(run.duration_ns);
  const link = withQuery(href('builders', run.builderid, 'builds', run.number), { tab: 'tests' });
  const outcome = t.tests.outcomes[run.outcome] ?? run.outcome;
  return <Bar status={status} share={share} link={link} label={t.tests.run(run.number, outcome, took)} />;
}

/** "failing since #12 · failed 3 of 20 runs · 15 % flaky"; `number` is the build it stands in. */
export function TestStory({ test, number }: { test: Test; number: number }) {
  const since = failingSince(test, number);
  return (
    <span class="test-story muted" data-testid="test-story">
      {since !== undefined && <span>{since === number ? t.tests.newFailure : t.tests.failingSince(since)}</span>}
      <span>{t.tests.failures(test.failures, test.runs)}</span>
      {test.flips > 1 && <span class="tag small" title={t.tests.flakyHint}>{t.tests.flaky(test.flakiness)}</span>}
    </span>
  );
}
