// SPDX-License-Identifier: Apache-2.0
// The test results of a build: each set with its counts and the tests that failed, all of them on demand; and of each test
// what the builds before say of it.
import { useState } from 'preact/hooks';
import type { Build, Test, TestResult, TestResultSet } from '../../api/records';
import { Await, Empty } from '../../components/notice';
import { Panel } from '../../components/panel';
import { StatusBadge, StatusMark } from '../../components/status';
import { TestHistory, TestStory } from '../../components/testhistory';
import { formatNanoseconds } from '../../lib/format';
import { href, withQuery } from '../../lib/route';
import * as specs from '../../lib/specs';
import { codePlace, FAILED, isPassFail, testStatus } from '../../lib/tests';
import { useCollection, type Loaded } from '../../live/hooks';
import { t } from '../../text';

const PAGE = 200;

interface TestsProps {
  build: Build;
  sets: Loaded<TestResultSet[]>;
  query: URLSearchParams;
}

export function TestsTab({ build, sets, query }: TestsProps) {
  const failed = useCollection<Test>(specs.failedTests(build.builderid));
  const stories = new Map(failed.data?.map((test) => [test.name, test]));
  return (
    <Await of={sets}>
      {(list) => {
        if (list.length === 0) return <Empty>{t.tests.none}</Empty>;
        return <>{list.map((set) => <TestSet key={set.test_result_setid} build={build} set={set} stories={stories} wantsAll={query.get('all') === '1'} />)}</>;
      }}
    </Await>
  );
}

interface SetProps {
  build: Build;
  set: TestResultSet;
  stories: ReadonlyMap<string, Test>;
  wantsAll: boolean;
}

function TestSet({ build, set, stories, wantsAll }: SetProps) {
  const counted = isPassFail(set);
  const all = wantsAll || !counted;
  const [limit, setLimit] = useState(PAGE);
  const results = useCollection<TestResult>(specs.testResults(set.test_result_setid, limit, all ? undefined : FAILED));
  return (
    <Panel title={set.description || t.tests.set(set.test_result_setid)} aside={<Counts set={set} />} testid="test-set">
      <Await of={results} lines={2}>
        {(list) => (
          <>
            {list.length === 0 && <Empty>{all ? t.tests.noResults : t.tests.noneFailed}</Empty>}
            <ul class="rows tests">
              {list.map((result) => <TestRow key={result.test_resultid} build={build} result={result} set={set} story={stories.get(result.test_name ?? '')} />)}
            </ul>
            {list.length >= limit && (
              <p class="more">
                <button type="button" class="button" onClick={() => setLimit(limit + PAGE)}>{t.common.showMore}</button>
              </p>
            )}
          </>
        )}
      </Await>
      {counted && <AllOrFailed build={build} all={all} />}
    </Panel>
  );
}

function AllOrFailed({ build, all }: { build: Build; all: boolean }) {
  const link = withQuery(href('builders', build.builderid, 'builds', build.number), { tab: 'tests', all: all ? undefined : 1 });
  return (
    <p class="panel-foot">
      <a class="button quiet small" href={link} data-testid="all-tests">{all ? t.tests.showFailed : t.tests.showAll}</a>
    </p>
  );
}

function Counts({ set }: { set: TestResultSet }) {
  const { tests_failed: failed, tests_passed: passed } = set;
  return (
    <span class="bubbles">
      {!set.complete && <StatusBadge status="running" />}
      {failed !== null && failed > 0 && <StatusBadge status="failure" text={t.tests.failed(failed)} testid="tests-failed" />}
      {passed !== null && <StatusBadge status="success" text={t.tests.passed(passed)} testid="tests-passed" />}
      {!isPassFail(set) && <span class="tag small">{t.tests.unit(set.category, set.value_unit)}</span>}
    </span>
  );
}

interface RowProps {
  build: Build;
  result: TestResult;
  set: TestResultSet;
  /** Of tests that failed lately. */
  story: Test | undefined;
}

function TestRow({ build, result, set, story }: RowProps) {
  const [open, setOpen] = useState(false);
  const place = codePlace(result);
  const counted = isPassFail(set);
  const failed = counted && result.value === FAILED;
  return (
    <li data-testid="test-row">
      <details class="test" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          {counted && <StatusMark status={testStatus(result)} />}
          <span class="test-name">{result.test_name || place || t.tests.unnamed}</span>
          {failed && story && <TestStory test={story} number={build.number} />}
          <span class="muted test-time">{counted ? result.duration_ns !== null && formatNanoseconds(result.duration_ns) : `${result.value} ${set.value_unit}`}</span>
        </summary>
        {open && <TestMore build={build} result={result} place={place} />}
      </details>
    </li>
  );
}

function TestMore({ build, result, place }: { build: Build; result: TestResult; place: string }) {
  const link = result.test_name && withQuery(href('builders', build.builderid), { tab: 'tests', test: result.test_name });
  return (
    <dl class="test-more">
      <dt>{t.tests.value}</dt>
      <dd><code>{result.value}</code></dd>
      {place && <><dt>{t.tests.place}</dt><dd><code>{place}</code></dd></>}
      {result.duration_ns !== null && <><dt>{t.tests.duration}</dt><dd>{formatNanoseconds(result.duration_ns)}</dd></>}
      {link && <><dt><a href={link}>{t.tests.history}</a></dt><dd><TestHistory builderid={build.builderid} name={result.test_name!} /></dd></>}
    </dl>
  );
}
