// SPDX-License-Identifier: Apache-2.0
// The ledger: what came of every delivery of a web hook and of every poll, and one of them with its replays.
import { control } from '../../api/client';
import type { Delivery } from '../../api/records';
import { DeliveryTable, SHOWN_AS, summary, VerdictBadge } from '../../components/deliverytable';
import { FilterBar, type Filter } from '../../components/filterbar';
import { limitOf, More } from '../../components/more';
import { Await, Empty, EmptyState } from '../../components/notice';
import { Facts, Panel, Trail, useTitle } from '../../components/panel';
import { Ago } from '../../components/time';
import { tell, tellError } from '../../components/toast';
import { formatSize } from '../../lib/format';
import { href } from '../../lib/route';
import { withRights } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import '../../styles/pages/sources.css';
import { t } from '../../text';
import { NotFound } from '../notfound';
import type { PageProps } from '../../lib/pages';

const PAGE = 50;

const NAMES = ['source', 'repository', 'kind', 'verdict'] as const;
const CHOICES: Partial<Record<(typeof NAMES)[number], readonly string[]>> = { kind: ['hook', 'poll'], verdict: Object.keys(SHOWN_AS) };

function filterRows(): Filter[] {
  return NAMES.map((name) => ({ name, label: t.sources[name], choices: CHOICES[name] }));
}

function DeliveriesPage({ query }: { query: URLSearchParams }) {
  useTitle(t.nav.deliveries);
  const limit = limitOf(query, PAGE);
  const filters = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? '']));
  const rows = useCollection<Delivery>(specs.deliveries(limit, filters));
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t.nav.deliveries}</h1>
        <p class="muted">{t.sources.deliveries}</p>
      </header>
      <FilterBar link="#/deliveries" filters={filterRows()} values={filters} />
      <Await of={rows}>
        {(list) =>
          list.length ? <DeliveryTable rows={list} /> : <None filtered={Object.values(filters).some(Boolean)} />
        }
      </Await>
      <More link="#/deliveries" query={query} step={PAGE} shown={rows.data?.length ?? 0} />
    </div>
  );
}

function None({ filtered }: { filtered: boolean }) {
  if (filtered) return <Empty>{t.sources.noDeliveryMatches} <a href="#/deliveries">{t.sources.clear}</a></Empty>;
  return <EmptyState title={t.sources.noDeliveriesYet}><p>{t.sources.howToDeliver}</p></EmptyState>;
}

function DeliveryPage({ id }: { id: number }) {
  const delivery = useOne<Delivery>(specs.delivery(id));
  useTitle(t.sources.delivery(id));
  if (delivery.error?.status === 404) return <NotFound what={t.sources.noSuchDelivery(id)} />;
  return (
    <div class="page">
      <Trail items={[{ text: t.nav.deliveries, link: '#/deliveries' }]} />
      <Await of={delivery} lines={6}>
        {(d) => (
          <>
            <header class="page-head">
              <h1>{t.sources.delivery(d.deliveryid)}</h1>
              <VerdictBadge of={d} />
              {d.replayable && <Replay of={d} />}
            </header>
            <Panel title={t.sources.outcome}><Facts rows={facts(d)} /></Panel>
            <Replays of={d} />
          </>
        )}
      </Await>
    </div>
  );
}

function facts(d: Delivery): [string, preact.ComponentChildren][] {
  const rows: [string, preact.ComponentChildren][] = [
    [t.sources.received, <Ago at={d.received_at} />],
    [t.sources.from, `${d.source} (${t.sources.kinds[d.kind]})`],
    [t.sources.event, d.event ?? '–'],
    [t.sources.repository, d.repository ?? '–'],
    [t.sources.reason, summary(d) || '–'],
    [t.sources.changes, <ChangeLinks of={d} />],
  ];
  if (d.status !== null) rows.push([t.sources.answered, `HTTP ${d.status}`], [t.sources.body, formatSize(d.body_bytes)]);
  if (d.external_id) rows.push([t.sources.senderId, <code>{d.external_id}</code>]);
  if (d.replay_of) rows.push([t.sources.replayOf, <a href={href('deliveries', d.replay_of)}>{t.sources.delivery(d.replay_of)}</a>]);
  return rows;
}

function ChangeLinks({ of }: { of: Delivery }) {
  const ids = of.changeids.concat(of.known_changeids);
  if (ids.length === 0) return <>{t.sources.noChanges}</>;
  return <span class="inline-list">{ids.map((id) => <a key={id} href={href('changes', id)}>{id}</a>)}</span>;
}

function Replay({ of }: { of: Delivery }) {
  const replay = async () => {
    const done = await withRights(t.sources.replaying, () => control(`deliveries/${of.deliveryid}`, 'replay'));
    if (done) tell(t.sources.replayed);
  };
  return (
    <button type="button" class="button" onClick={() => void replay().catch(tellError)} data-testid="replay">
      {t.sources.replay}
    </button>
  );
}

function Replays({ of }: { of: Delivery }) {
  const replays = useCollection<Delivery>(specs.replays(of.deliveryid));
  if (!replays.data?.length) return null;
  return <Panel title={t.sources.replays} testid="replays"><DeliveryTable rows={replays.data} /></Panel>;
}

export default function Page({ params, query }: PageProps) {
  return params.delivery ? <DeliveryPage id={Number(params.delivery)} /> : <DeliveriesPage query={query} />;
}
