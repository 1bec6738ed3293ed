// SPDX-License-Identifier: Apache-2.0
// Deliveries as a table, and what came of each.
import type { Delivery, Verdict } from '../api/records';
import type { Status } from '../lib/results';
import { href } from '../lib/route';
import { t } from '../text';
import { StatusBadge } from './status';
import { Ago } from './time';

export const SHOWN_AS: Record<Verdict, Status> = {
  changes: 'success', known: 'success', filtered: 'skipped', ignored: 'skipped', refused: 'failure', failed: 'exception', idle: 'skipped',
};

export function VerdictBadge({ of }: { of: Delivery }) {
  return <StatusBadge status={SHOWN_AS[of.verdict] ?? 'unknown'} text={t.sources.verdicts[of.verdict] ?? of.verdict} testid="verdict" />;
}

export function summary(row: Delivery): string {
  const parts = [
    row.reason,
    row.changeids.length > 0 && t.sources.newChanges(row.changeids.length),
    row.known_changeids.length > 0 && t.sources.knownChanges(row.known_changeids.length),
    row.recovered && t.sources.recovered,
    row.repeated > 1 && t.sources.repeated(row.repeated),
  ];
  return parts.filter(Boolean).join(' · ');
}

export function DeliveryTable({ rows }: { rows: readonly Delivery[] }) {
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th>{t.sources.when}</th>
            <th>{t.sources.source}</th>
            <th class="wide-only">{t.sources.event}</th>
            <th>{t.sources.verdict}</th>
            <th class="grow">{t.sources.reason}</th>
            <th class="wide-only">{t.sources.repository}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.deliveryid} data-testid="delivery-row" data-verdict={row.verdict}>
              <td><a href={href('deliveries', row.deliveryid)}><Ago at={row.last_at} /></a></td>
              <td class="strong break">{row.source}</td>
              <td class="wide-only">{row.event ?? t.sources.kinds[row.kind]}</td>
              <td><VerdictBadge of={row} /></td>
              <td class="grow clip" title={summary(row)}>{summary(row)}</td>
              <td class="wide-only muted"><span class="short-clip" title={row.repository ?? ''}>{row.repository}</span></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
