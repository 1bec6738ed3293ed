// SPDX-License-Identifier: Apache-2.0
// The test results of a build: each set with its counts and the tests that failed; all of them on demand.
import { useState } from 'preact/hooks';
import type { TestResult, TestResultSet } from '../../api/records';
import { Await, Empty } from '../../components/notice';
import { Panel } from '../../components/panel';
import { StatusBadge, StatusMark } from '../../components/status';
import { formatNanoseconds, plural } from '../../lib/format';
import * as specs from '../../lib/specs';
import { codePlace, FAILED, isPassFail, testStatus } from '../../lib/tests';
import { useCollection, type Loaded } from '../../live/hooks';

const PAGE = 200;

export function TestsTab({ sets }: { sets: Loaded<TestResultSet[]> }) {
  return (
    <Await of={sets}>
      {(list) =>
        list.length === 0 ? (
          <Empty>This build has no test results.</Empty>
        ) : (
          <>{list.map((set) => <TestSet key={set.test_result_setid} set={set} />)}</>
        )
      }
    </Await>
  );
}

function TestSet({ set }: { set: TestResultSet }) {
  const counted = isPassFail(set);
  const [all, setAll] = useState(!counted);
  const [limit, setLimit] = useState(PAGE);
  const results = useCollection<TestResult>(specs.testResults(set.test_result_setid, limit, all ? undefined : FAILED));
  return (
    <Panel title={set.description || `Test results ${set.test_result_setid}`} aside={<Counts set={set} />} testid="test-set">
      <Await of={results} lines={2}>
        {(list) => (
          <>
            {list.length === 0 && <Empty>{all ? 'No results.' : 'No test failed.'}</Empty>}
            <ul class="rows tests">
              {list.map((result) => <TestRow key={result.test_resultid} result={result} set={set} />)}
            </ul>
            {list.length >= limit && (
              <p class="more">
                <button type="button" class="button" onClick={() => setLimit(limit + PAGE)}>Show more</button>
              </p>
            )}
          </>
        )}
      </Await>
      {counted && (
        <p class="panel-foot">
          <button type="button" class="button quiet small" aria-pressed={all} onClick={() => setAll(!all)} data-testid="all-tests">
            {all ? 'Show failed tests only' : 'Show all tests'}
          </button>
        </p>
      )}
    </Panel>
  );
}

function Counts({ set }: { set: TestResultSet }) {
  const { tests_failed: failed, tests_passed: passed } = set;
  return (
    <span class="bubbles">
      {!set.complete && <StatusBadge status="running" />}
      {failed !== null && failed > 0 && <StatusBadge status="failure" text={`${failed.toLocaleString('en')} failed`} testid="tests-failed" />}
      {passed !== null && <StatusBadge status="success" text={`${passed.toLocaleString('en')} passed`} testid="tests-passed" />}
      {!isPassFail(set) && <span class="tag small">{set.category} in {set.value_unit}</span>}
    </span>
  );
}

function TestRow({ result, set }: { result: TestResult; set: TestResultSet }) {
  const place = codePlace(result);
  const counted = isPassFail(set);
  return (
    <li data-testid="test-row">
      <details class="test">
        <summary>
          {counted && <StatusMark status={testStatus(result)} />}
          <span class="test-name">{result.test_name || place || plural(1, 'test')}</span>
          <span class="muted">{counted ? result.duration_ns !== null && formatNanoseconds(result.duration_ns) : `${result.value} ${set.value_unit}`}</span>
        </summary>
        <dl class="test-more">
          <dt>Value</dt>
          <dd><code>{result.value}</code></dd>
          {place && <><dt>Place</dt><dd><code>{place}</code></dd></>}
          {result.duration_ns !== null && <><dt>Duration</dt><dd>{formatNanoseconds(result.duration_ns)}</dd></>}
        </dl>
      </details>
    </li>
  );
}
