// SPDX-License-Identifier: Apache-2.0
// The audit log: who did what, when, from where, through which token.
import type { AuditRow } from '../../api/records';
import { FilterBar, type Filter } from '../../components/filterbar';
import { Await, Empty } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { SignedIn } from '../../components/signedin';
import { StatusBadge } from '../../components/status';
import { Ago } from '../../components/time';
import type { Status } from '../../lib/results';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import type { PageProps } from '../../lib/pages';
import { t } from '../../text';
import { limitOf, More } from '../../components/more';

const PAGE = 100;

const OUTCOMES: readonly AuditRow['outcome'][] = ['done', 'refused', 'failed'];

function filters(): readonly Filter[] {
  return [
    { name: 'username', label: t.audit.user },
    { name: 'target', label: t.audit.target },
    { name: 'outcome', label: t.audit.outcome, choices: OUTCOMES, texts: t.audit.outcomes },
  ];
}

const SHOWN_AS: Record<AuditRow['outcome'], Status> = { done: 'success', refused: 'warnings', failed: 'failure' };

export default function AuditPage({ query }: PageProps) {
  useTitle(t.nav.audit);
  const all = filters();
  const values = Object.fromEntries(all.map(({ name }) => [name, query.get(name) ?? '']));
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t.nav.audit}</h1>
      </header>
      <SignedIn why={t.audit.why}>
        <FilterBar link="#/audit" filters={all} values={values} />
        <Rows values={values} query={query} />
      </SignedIn>
    </div>
  );
}

function Rows({ values, query }: { values: Record<string, string>; query: URLSearchParams }) {
  const rows = useCollection<AuditRow>(specs.audit(limitOf(query, PAGE), values));
  return (
    <>
      <Await of={rows}>{(list) => (list.length ? <AuditTable rows={list} /> : <Empty>{t.audit.none}</Empty>)}</Await>
      <More link="#/audit" query={query} step={PAGE} shown={rows.data?.length ?? 0} />
    </>
  );
}

function by(row: AuditRow): string {
  return row.tokenid === null ? (row.provider ?? '') : t.audit.byToken(row.tokenid);
}

function AuditTable({ rows }: { rows: readonly AuditRow[] }) {
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>{(['at', 'who', 'by', 'from', 'what', 'target', 'outcome'] as const).map((name) => <th key={name}>{t.audit.columns[name]}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.auditid} data-testid="audit-row">
              <td><Ago at={row.at} /></td>
              <td class="strong">{row.username}</td>
              <td>{by(row)}</td>
              <td>{row.client}</td>
              <td>{row.action}</td>
              <td class="grow"><code class="value">{row.target}</code> <Detail of={row.detail} /></td>
              <td><StatusBadge status={SHOWN_AS[row.outcome] ?? 'unknown'} text={t.audit.outcomes[row.outcome] ?? row.outcome} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Detail({ of }: { of: Record<string, unknown> }) {
  const entries = Object.entries(of).filter(([, value]) => value !== null);
  if (entries.length === 0) return null;
  return <span class="muted">{entries.map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' · ')}</span>;
}
