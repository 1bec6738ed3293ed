// SPDX-License-Identifier: Apache-2.0
// One worker: what is known of it, pausing and shutting it down, its last builds.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { control } from '../../api/client';
import type { Build, Builder, Worker } from '../../api/records';
import { BuildTable } from '../../components/buildtable';
import { Confirm } from '../../components/dialog';
import { Await, Empty } from '../../components/notice';
import { Facts, Panel, Trail, useTitle } from '../../components/panel';
import { Ago } from '../../components/time';
import { tell, tellError } from '../../components/toast';
import { workerSlots, WorkerState } from '../../components/workerstate';
import { withRights } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import { NotFound } from '../notfound';
import { Labels } from '../workers';
import type { PageProps } from '../../lib/pages';

function WorkerPage({ worker: key }: { worker: string }) {
  const worker = useOne<Worker>(specs.worker(key));
  useTitle(worker.data?.name ?? 'Worker');
  if (worker.error?.status === 404) return <NotFound what={`There is no worker ${key}.`} />;
  return (
    <div class="page">
      <Trail items={[{ text: 'Workers', link: '#/workers' }]} />
      <Await of={worker} lines={6}>{(w) => <Found worker={w} onDone={worker.reload} />}</Await>
    </div>
  );
}

function Found({ worker, onDone }: { worker: Worker; onDone: () => void }) {
  const builds = useCollection<Build>(specs.buildsOfWorker(worker.workerid, 50));
  const builders = useCollection<Builder>(specs.builders());
  return (
    <>
      <header class="build-head">
        <h1>{worker.name}</h1>
        <WorkerState worker={worker} />
        <Labels worker={worker} />
        <WorkerActions worker={worker} onDone={onDone} />
      </header>
      <Facts rows={facts(worker)} />
      <Panel title="Last builds">
        <Await of={builds} lines={6}>
          {(list) => (list.length === 0 ? <Empty>This worker has not built anything yet.</Empty> : <BuildTable builds={list} builders={builders.data ?? []} />)}
        </Await>
      </Panel>
    </>
  );
}

function facts(worker: Worker): [string, ComponentChildren][] {
  const rows: [string, ComponentChildren][] = [];
  const slots = workerSlots(worker);
  if (slots !== undefined) rows.push(['Slots', String(slots)]);
  if (worker.last_seen_at) rows.push(['Last seen', <Ago at={worker.last_seen_at} />]);
  if (worker.paused && worker.pause_reason) rows.push(['Paused because', worker.pause_reason]);
  for (const [name, value] of Object.entries(worker.workerinfo)) {
    if (typeof value === 'string' && value !== '') rows.push([name.replace(/_/g, ' '), value]);
  }
  return rows;
}

function WorkerActions({ worker, onDone }: { worker: Worker; onDone: () => void }) {
  const [stopping, setStopping] = useState(false);
  const [pausing, setPausing] = useState(false);
  const call = async (method: string, done: string, reason?: string) => {
    const send = () => control(`workers/${worker.workerid}`, method, reason ? { reason } : {});
    if (await withRights('Changing a worker', send)) {
      tell(done);
      onDone();
    }
  };
  const unpause = () => call('unpause', `${worker.name} takes builds again.`).catch(tellError);
  return (
    <span class="head-actions">
      {worker.paused ? (
        <button type="button" class="button" onClick={() => void unpause()}>Resume</button>
      ) : (
        <button type="button" class="button" onClick={() => setPausing(true)} data-testid="pause-button">Pause</button>
      )}
      <button type="button" class="button danger" onClick={() => setStopping(true)}>Shut down</button>
      {pausing && (
        <Confirm
          title={`Pause ${worker.name}?`}
          text="It finishes what it runs and takes no new builds until it is resumed."
          action="Pause"
          withReason
          onConfirm={(reason) => call('pause', `${worker.name} is paused.`, reason)}
          onClose={() => setPausing(false)}
        />
      )}
      {stopping && (
        <Confirm
          title={`Shut ${worker.name} down?`}
          text="It finishes what it runs; then its agent ends and must be started again on its machine."
          action="Shut down"
          withReason
          danger
          onConfirm={(reason) => call('stop', `${worker.name} is shutting down.`, reason)}
          onClose={() => setStopping(false)}
        />
      )}
    </span>
  );
}

export default function Page({ params }: PageProps) {
  return <WorkerPage worker={params.worker ?? ''} />;
}
