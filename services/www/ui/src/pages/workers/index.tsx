// SPDX-License-Identifier: Apache-2.0
// Every worker: whether it can take builds, what it runs, how much it could; several can be paused at once.
import { useState } from 'preact/hooks';
import type { Build, Builder, Worker } from '../../api/records';
import { LoadChart } from '../../components/loadchart';
import { Await, Empty, EmptyState } from '../../components/notice';
import { Panel, useTitle } from '../../components/panel';
import { WorkerActions } from '../../components/workeractions';
import { workerSlots } from '../../components/workerstate';
import { groupBy } from '../../lib/merge';
import type { PageProps } from '../../lib/pages';
import { navigate } from '../../lib/router';
import * as specs from '../../lib/specs';
import { useCollection, useNow } from '../../live/hooks';
import '../../styles/pages/plant.css';
import { t } from '../../text';
import { filterWorkers, linkOf, readFilter, STATES, type Filter } from './filter';
import { WorkerList } from './list';

export default function WorkersPage({ query }: PageProps) {
  useTitle(t.nav.workers);
  const workers = useCollection<Worker>(specs.workers());
  const filter = readFilter(query);
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t.nav.workers}</h1>
        <Controls filter={filter} />
      </header>
      <Await of={workers} lines={6}>
        {(list) => (list.length === 0 ? <NoWorkers /> : <Found workers={list} filter={filter} reload={workers.reload} />)}
      </Await>
    </div>
  );
}

function Controls({ filter }: { filter: Filter }) {
  const change = (part: Partial<Filter>) => navigate(linkOf({ ...filter, ...part }), true);
  return (
    <>
      <input
        type="search" class="search" placeholder={t.plant.find} aria-label={t.plant.find} value={filter.text} data-testid="find-worker"
        onInput={(e) => change({ text: e.currentTarget.value })}
      />
      <select
        class="short" aria-label={t.plant.state} value={filter.state ?? ''} data-testid="filter-state"
        onChange={(e) => change({ state: STATES.find((state) => state === e.currentTarget.value) })}
      >
        <option value="">{t.plant.anyState}</option>
        {STATES.map((state) => <option key={state} value={state}>{t.plant.states[state]}</option>)}
      </select>
    </>
  );
}

function NoWorkers() {
  return (
    <EmptyState title={t.plant.noneYet}>
      <p>{t.plant.howToAdd}</p>
      <code>slipway-agent --server {location.origin} --name worker-1</code>
    </EmptyState>
  );
}

function Found({ workers, filter, reload }: { workers: readonly Worker[]; filter: Filter; reload: () => void }) {
  const running = useCollection<Build>(specs.runningBuilds());
  const builders = useCollection<Builder>(specs.builders());
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const byWorker = groupBy(running.data ?? [], (b) => b.workerid);
  const shown = filterWorkers(workers, (w) => byWorker.get(w.workerid)?.length ?? 0, filter);
  // What the filter hides is not meant.
  const meant = shown.filter((w) => chosen.has(w.workerid));
  const choose = (ids: readonly number[], add: boolean) =>
    setChosen(new Set([...[...chosen].filter((id) => !ids.includes(id)), ...(add ? ids : [])]));
  return (
    <>
      <Load workers={workers} running={running.data ?? []} />
      <div class="worker-bar">
        <span class="muted" role="status">{meant.length > 0 ? t.plant.chosen(meant.length) : t.plant.shown(shown.length, workers.length)}</span>
        {meant.length > 0 && (
          <span class="head-actions">
            <button type="button" class="button quiet" onClick={() => setChosen(new Set())}>{t.plant.clear}</button>
            <WorkerActions workers={meant} onDone={() => { setChosen(new Set()); reload(); }} />
          </span>
        )}
      </div>
      {shown.length === 0 ? (
        <Empty>{t.plant.noneMatch}</Empty>
      ) : (
        <WorkerList
          workers={shown} running={byWorker} names={new Map(builders.data?.map((b) => [b.builderid, b.name]))}
          chosen={chosen} choose={choose}
        />
      )}
    </>
  );
}

const NEWEST = 300;

function Load({ workers, running }: { workers: readonly Worker[]; running: readonly Build[] }) {
  const recent = useCollection<Build>(specs.recentBuilds(NEWEST));
  const now = useNow();
  const able = workers.filter((w) => w.connected_to.length > 0);
  const slots = able.reduce((sum, w) => sum + (workerSlots(w) ?? 0), 0);
  return (
    <Panel title={t.plant.load} aside={t.plant.slotsBusy(running.length, slots)}>
      <Await of={recent} lines={2}>{(builds) => <LoadChart builds={builds} slots={slots} now={now} />}</Await>
    </Panel>
  );
}
