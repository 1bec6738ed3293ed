// SPDX-License-Identifier: Apache-2.0
// The ledger: what came of every delivery of a web hook and of every poll, and one of them with its replays.
import { useState } from 'preact/hooks';
import { control } from '../../api/client';
import type { Delivery, Verdict } from '../../api/records';
import { FilterBar, type Filter } from '../../components/filterbar';
import { Await, Empty } from '../../components/notice';
import { Facts, Panel, Trail, useTitle } from '../../components/panel';
import { StatusBadge } from '../../components/status';
import { Ago } from '../../components/time';
import { tell, tellError } from '../../components/toast';
import type { Status } from '../../lib/results';
import { href } from '../../lib/route';
import { withRights } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import { NotFound } from '../notfound';
import type { PageProps } from '../../lib/pages';

const PAGE = 50;

const SHOWN_AS: Record<Verdict, Status> = {
  changes: 'success', known: 'success', filtered: 'skipped', ignored: 'skipped', refused: 'failure', failed: 'exception', idle: 'skipped',
};

const FILTERS: readonly Filter[] = [
  { name: 'source', label: 'Source' },
  { name: 'repository', label: 'Repository' },
  { name: 'kind', label: 'Kind', choices: ['hook', 'poll'] },
  { name: 'verdict', label: 'Verdict', choices: Object.keys(SHOWN_AS) },
];

function DeliveriesPage({ query }: { query: URLSearchParams }) {
  useTitle('Deliveries');
  const [limit, setLimit] = useState(PAGE);
  const filters = Object.fromEntries(FILTERS.map(({ name }) => [name, query.get(name) ?? '']));
  const rows = useCollection<Delivery>(specs.deliveries(limit, filters));
  return (
    <div class="page">
      <header class="page-head">
        <h1>Deliveries</h1>
        <p class="muted">What web hooks and pollers told, and what came of it.</p>
      </header>
      <FilterBar link="#/deliveries" filters={FILTERS} values={filters} />
      <Await of={rows}>
        {(list) =>
          list.length ? <DeliveryTable rows={list} /> : <Empty>Nothing has come yet. A change source or web_hooks in slipway.yaml brings changes.</Empty>
        }
      </Await>
      {(rows.data?.length ?? 0) >= limit && (
        <p class="more">
          <button type="button" class="button" onClick={() => setLimit(limit + PAGE)}>Show more</button>
        </p>
      )}
    </div>
  );
}

function DeliveryTable({ rows }: { rows: readonly Delivery[] }) {
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr><th>When</th><th>Source</th><th>Event</th><th>Verdict</th><th>Why</th><th>Repository</th></tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.deliveryid} data-testid="delivery-row" data-verdict={row.verdict}>
              <td><a href={href('deliveries', row.deliveryid)}><Ago at={row.last_at} /></a></td>
              <td class="strong">{row.source}</td>
              <td>{row.event ?? row.kind}</td>
              <td><VerdictBadge of={row} /></td>
              <td class="grow clip">{summary(row)}</td>
              <td class="wide-only muted clip">{row.repository}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function VerdictBadge({ of }: { of: Delivery }) {
  return <StatusBadge status={SHOWN_AS[of.verdict] ?? 'unknown'} text={of.verdict} testid="verdict" />;
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

function summary(row: Delivery): string {
  const parts = [
    row.reason,
    row.changeids.length > 0 && counted(row.changeids.length, 'new change'),
    row.known_changeids.length > 0 && `${row.known_changeids.length} known`,
    row.recovered && 'no web hook had told',
    row.repeated > 1 && `${row.repeated} times in a row`,
  ];
  return parts.filter(Boolean).join(' · ');
}

function DeliveryPage({ id }: { id: number }) {
  const delivery = useOne<Delivery>(specs.delivery(id));
  useTitle(`Delivery ${id}`);
  if (delivery.error?.status === 404) return <NotFound what={`There is no delivery ${id}.`} />;
  return (
    <div class="page">
      <Trail items={[{ text: 'Deliveries', link: '#/deliveries' }]} />
      <Await of={delivery} lines={6}>
        {(d) => (
          <>
            <header class="page-head">
              <h1>Delivery {d.deliveryid}</h1>
              <VerdictBadge of={d} />
              {d.replayable && <Replay of={d} />}
            </header>
            <Panel title="What came of it"><Facts rows={facts(d)} /></Panel>
            <Replays of={d} />
          </>
        )}
      </Await>
    </div>
  );
}

function facts(d: Delivery): [string, preact.ComponentChildren][] {
  const rows: [string, preact.ComponentChildren][] = [
    ['Received', <Ago at={d.received_at} />],
    ['From', `${d.source} (${d.kind})`],
    ['Event', d.event ?? '–'],
    ['Repository', d.repository ?? '–'],
    ['Why', summary(d) || '–'],
    ['Changes', d.changeids.concat(d.known_changeids).join(', ') || 'none'],
  ];
  if (d.status !== null) rows.push(['Answered', `HTTP ${d.status}`], ['Body', `${d.body_bytes} bytes`]);
  if (d.external_id) rows.push(["Sender's id", <code>{d.external_id}</code>]);
  if (d.replay_of) rows.push(['Replay of', <a href={href('deliveries', d.replay_of)}>delivery {d.replay_of}</a>]);
  return rows;
}

function Replay({ of }: { of: Delivery }) {
  const replay = async () => {
    const done = await withRights('Replaying a delivery', () => control(`deliveries/${of.deliveryid}`, 'replay'));
    if (done) tell('The delivery is read again.');
  };
  return (
    <button type="button" class="button" onClick={() => void replay().catch(tellError)} data-testid="replay">
      Replay
    </button>
  );
}

function Replays({ of }: { of: Delivery }) {
  const replays = useCollection<Delivery>(specs.replays(of.deliveryid));
  if (!replays.data?.length) return null;
  return <Panel title="Replays" testid="replays"><DeliveryTable rows={replays.data} /></Panel>;
}

export default function Page({ params, query }: PageProps) {
  return params.delivery ? <DeliveryPage id={Number(params.delivery)} /> : <DeliveriesPage query={query} />;
}
