// SPDX-License-Identifier: Apache-2.0
// The tests of a builder over its last builds: those that change their mind, those that fail, the slowest; one of them opened.
import type { Builder, Test } from '../../api/records';
import { FilterBar, type Filter } from '../../components/filterbar';
import { Await, Empty } from '../../components/notice';
import { Panel } from '../../components/panel';
import { StatusMark } from '../../components/status';
import { TestHistory } from '../../components/testhistory';
import { formatNanoseconds } from '../../lib/format';
import { href, withQuery } from '../../lib/route';
import * as specs from '../../lib/specs';
import { runStatus } from '../../lib/testhistory';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';

const KINDS = ['flaky', 'failing', 'slow', 'all'] as const;
type Kind = (typeof KINDS)[number];

export function TestsTab({ builder, query }: { builder: Builder; query: URLSearchParams }) {
  const open = query.get('test') ?? '';
  // One that is named is shown whatever kind it is of.
  const kind = KINDS.find((each) => each === query.get('only')) ?? (open ? 'all' : 'flaky');
  const q = query.get('q') ?? '';
  const wanted = q || (query.has('only') ? '' : open);
  const tests = useCollection<Test>(specs.tests(builder.builderid, kind, wanted));
  const link = href('builders', builder.builderid);
  const filters: readonly Filter[] = [
    { name: 'only', label: t.tests.title, choices: KINDS, texts: t.tests.only, always: true },
    { name: 'q', label: t.tests.find },
  ];
  return (
    <Panel title={t.tests.title} aside={t.tests.recent(100)} testid="builder-tests">
      <div class="builds-filter">
        <FilterBar link={link} filters={filters} values={{ tab: 'tests', only: kind, q }} />
      </div>
      <Await of={tests} lines={6}>
        {(list) => (list.length === 0 ? <Empty>{nothing(kind, q)}</Empty> : <TestTable builder={builder} tests={list} open={open} chosen={{ tab: 'tests', only: kind, q: q || undefined }} />)}
      </Await>
    </Panel>
  );
}

function nothing(kind: Kind, q: string): string {
  if (q) return t.tests.noneMatch;
  return { flaky: t.tests.noFlaky, failing: t.tests.noFailing, slow: t.tests.noTests, all: t.tests.noTests }[kind];
}

interface TableProps {
  builder: Builder;
  tests: readonly Test[];
  /** Name of the test whose runs are shown. */
  open: string;
  /** What the address says besides. */
  chosen: Record<string, string | undefined>;
}

function TestTable({ builder, tests, open, chosen }: TableProps) {
  return (
    <div class="table-wrap">
      <table class="table" data-testid="test-table">
        <thead>
          <tr>
            <th class="grow">{t.tests.name}</th>
            <th class="num" title={t.tests.flakyHint}>{t.tests.flakiness}</th>
            <th class="num">{t.tests.failedRuns}</th>
            <th class="num wide-only">{t.tests.usual}</th>
            <th class="wide-only">{t.tests.last}</th>
          </tr>
        </thead>
        <tbody>
          {tests.map((test) => <TestRows key={test.name} builder={builder} test={test} open={test.name === open} chosen={chosen} />)}
        </tbody>
      </table>
    </div>
  );
}

function TestRows({ builder, test, open, chosen }: { builder: Builder; test: Test; open: boolean; chosen: TableProps['chosen'] }) {
  const link = withQuery(href('builders', builder.builderid), { ...chosen, test: open ? undefined : test.name });
  const since = test.failing_since_number;
  return (
    <>
      <tr data-testid="test-line">
        <td class="grow">
          <a class="with-mark break" href={link} aria-expanded={open}>
            <StatusMark status={runStatus(test.last_outcome)} /> {test.name}
          </a>
        </td>
        <td class="num">{test.flakiness} %</td>
        <td class="num" title={t.tests.failures(test.failures, test.runs)}>{test.failures}/{test.runs}</td>
        <td class="num wide-only">{test.duration_ns === null ? '–' : formatNanoseconds(test.duration_ns)}</td>
        <td class="wide-only muted">{since === null ? (t.tests.outcomes[test.last_outcome] ?? test.last_outcome) : t.tests.failingSince(since)}</td>
      </tr>
      {open && (
        <tr class="test-open">
          <td colSpan={5}><TestHistory builderid={builder.builderid} name={test.name} /></td>
        </tr>
      )}
    </>
  );
}
