// SPDX-License-Identifier: Apache-2.0
// One worker: what is known of it, what it does and why it does nothing, its slots over time, its builds.
import type { ComponentChildren } from 'preact';
import type { Build, Builder, Worker } from '../../api/records';
import { BuildTable } from '../../components/buildtable';
import { Await, Empty } from '../../components/notice';
import { Facts, Panel, Trail, useTitle } from '../../components/panel';
import { Ago } from '../../components/time';
import { WorkerActions } from '../../components/workeractions';
import { Labels, Slots, workerSlots, WorkerState } from '../../components/workerstate';
import type { PageProps } from '../../lib/pages';
import { href, withQuery } from '../../lib/route';
import { config, isAnonymous } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import '../../styles/pages/plant.css';
import { t } from '../../text';
import { NotFound } from '../notfound';
import { Lanes } from './lanes';
import { WhyIdle } from './why';

const HOURS = [1, 6, 24, 168];
const DRAWN = 200;
const LISTED = 50;
const BUILDERS = 40;

export default function WorkerPage({ params, query }: PageProps) {
  const key = params.worker ?? '';
  const worker = useOne<Worker>(specs.worker(key));
  useTitle(worker.data?.name ?? t.plant.worker);
  if (worker.error?.status === 404) return <NotFound what={t.plant.noSuchWorker(key)} />;
  const hours = HOURS.find((n) => n === Number(query.get('hours'))) ?? 6;
  return (
    <div class="page">
      <Trail items={[{ text: t.nav.workers, link: '#/workers' }]} />
      <Await of={worker} lines={6}>{(w) => <Found worker={w} hours={hours} reload={worker.reload} />}</Await>
    </div>
  );
}

function Found({ worker, hours, reload }: { worker: Worker; hours: number; reload: () => void }) {
  const builds = useCollection<Build>(specs.buildsOfWorker(worker.workerid, DRAWN));
  const builders = useCollection<Builder>(specs.builders());
  const busy = builds.data?.filter((b) => !b.complete).length ?? 0;
  const names = new Map(builders.data?.map((b) => [b.builderid, b.name]));
  return (
    <>
      <header class="build-head">
        <h1>{worker.name}</h1>
        <WorkerState worker={worker} />
        <Labels worker={worker} />
        <span class="head-actions"><WorkerActions workers={[worker]} onDone={reload} /></span>
      </header>
      <Facts rows={facts(worker, busy)} />
      {builds.data && <WhyIdle worker={worker} busy={busy} />}
      <Panel title={t.plant.overTime} aside={<Spans worker={worker} hours={hours} />}>
        <Await of={builds} lines={2}>
          {(list) => <Lanes builds={list} names={names} hours={hours} slots={workerSlots(worker) ?? 1} cut={list.length >= DRAWN} />}
        </Await>
      </Panel>
      <Panel title={t.plant.builders} aside={String(worker.configured_on.length)}>
        <Served worker={worker} names={names} />
      </Panel>
      <Panel title={t.plant.lastBuilds}>
        <Await of={builds} lines={6}>
          {(list) => (list.length === 0 ? <Empty>{t.plant.noBuilds}</Empty> : <BuildTable builds={list.slice(0, LISTED)} builders={builders.data ?? []} />)}
        </Await>
      </Panel>
    </>
  );
}

function Spans({ worker, hours }: { worker: Worker; hours: number }) {
  return (
    <nav class="spans" aria-label={t.plant.span}>
      {HOURS.map((n) => (
        <a key={n} class="tag" href={withQuery(href('workers', worker.workerid), { hours: n })} aria-current={n === hours ? 'true' : undefined}>
          {t.plant.hours(n)}
        </a>
      ))}
    </nav>
  );
}

function Served({ worker, names }: { worker: Worker; names: ReadonlyMap<number, string> }) {
  const ids = worker.configured_on.map((place) => place.builderid);
  if (ids.length === 0) return <Empty>{t.plant.servesNone}</Empty>;
  return (
    <p class="served" data-testid="served">
      {ids.slice(0, BUILDERS).map((id) => <a key={id} href={href('builders', id)}>{names.get(id) ?? id}</a>)}
      {ids.length > BUILDERS && <span class="muted">{t.plant.andMore(ids.length - BUILDERS)}</span>}
    </p>
  );
}

function facts(worker: Worker, busy: number): [string, ComponentChildren][] {
  const rows: [string, ComponentChildren][] = [];
  const slots = workerSlots(worker);
  if (slots !== undefined) rows.push([t.plant.slots, <Slots busy={busy} slots={slots} />]);
  if (worker.last_seen_at) rows.push([t.plant.lastSeen, <Ago at={worker.last_seen_at} />]);
  for (const [name, value] of Object.entries(worker.workerinfo)) {
    if (typeof value === 'string' && value !== '') rows.push([name.replace(/_/g, ' '), value]);
  }
  if (!isAnonymous(config.value.user)) {
    const link = withQuery('#/audit', { target: `workers/${worker.workerid}` });
    rows.push([t.nav.audit, <a href={link}>{t.plant.whoChanged}</a>]);
  }
  return rows;
}
