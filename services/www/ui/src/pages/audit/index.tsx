// SPDX-License-Identifier: Apache-2.0
// The audit log: who did what, when, from where, through which token.
import { useState } from 'preact/hooks';
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

const PAGE = 100;

const FILTERS: readonly Filter[] = [
  { name: 'username', label: 'User' },
  { name: 'target', label: 'Target' },
  { name: 'outcome', label: 'Outcome', choices: ['done', 'refused', 'failed'] },
];

const SHOWN_AS: Record<AuditRow['outcome'], Status> = { done: 'success', refused: 'warnings', failed: 'failure' };

export default function AuditPage({ query }: PageProps) {
  useTitle(t.nav.audit);
  const filters = Object.fromEntries(FILTERS.map(({ name }) => [name, query.get(name) ?? '']));
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t.nav.audit}</h1>
      </header>
      <SignedIn why={t.audit.why}>
        <FilterBar link="#/audit" filters={FILTERS} values={filters} />
        <Rows filters={filters} />
      </SignedIn>
    </div>
  );
}

function Rows({ filters }: { filters: Record<string, string> }) {
  const [limit, setLimit] = useState(PAGE);
  const rows = useCollection<AuditRow>(specs.audit(limit, filters));
  return (
    <>
      <Await of={rows}>{(list) => (list.length ? <AuditTable rows={list} /> : <Empty>{t.audit.none}</Empty>)}</Await>
      {(rows.data?.length ?? 0) >= limit && (
        <p class="more">
          <button type="button" class="button" onClick={() => setLimit(limit + PAGE)}>{t.common.showMore}</button>
        </p>
      )}
    </>
  );
}

function by(row: AuditRow): string {
  return row.tokenid === null ? (row.provider ?? '') : `token ${row.tokenid}`;
}

function AuditTable({ rows }: { rows: readonly AuditRow[] }) {
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr><th>When</th><th>Who</th><th>By</th><th>From</th><th>What</th><th>Target</th><th>Outcome</th></tr>
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
              <td><StatusBadge status={SHOWN_AS[row.outcome] ?? 'unknown'} text={row.outcome} /></td>
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
