// SPDX-License-Identifier: Apache-2.0
// Every worker: whether it is connected, what it runs, how much it could.
import type { Build, Builder, Worker } from '../../api/records';
import { Await, Empty } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { Ago } from '../../components/time';
import { PauseReason, workerSlots, WorkerState } from '../../components/workerstate';
import { groupBy } from '../../lib/merge';
import { href } from '../../lib/route';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';

export default function WorkersPage() {
  useTitle('Workers');
  const workers = useCollection<Worker>(specs.workers());
  const running = useCollection<Build>(specs.runningBuilds());
  const builders = useCollection<Builder>(specs.builders());
  const byWorker = groupBy(running.data ?? [], (b) => b.workerid);
  const names = new Map(builders.data?.map((b) => [b.builderid, b.name]));
  return (
    <div class="page">
      <header class="page-head">
        <h1>Workers</h1>
      </header>
      <Await of={workers} lines={6}>
        {(list) =>
          list.length === 0 ? (
            <Empty>No worker has been configured or enrolled yet.</Empty>
          ) : (
            <div class="table-wrap">
              <table class="table">
                <thead>
                  <tr>
                    <th>Worker</th>
                    <th>State</th>
                    <th class="num">Slots</th>
                    <th class="grow">Running</th>
                    <th class="wide-only">Host</th>
                    <th class="num wide-only">Last seen</th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((worker) => (
                    <WorkerRow key={worker.workerid} worker={worker} builds={byWorker.get(worker.workerid) ?? []} names={names} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Await>
    </div>
  );
}

function WorkerRow({ worker, builds, names }: { worker: Worker; builds: readonly Build[]; names: ReadonlyMap<number, string> }) {
  const slots = workerSlots(worker);
  return (
    <tr data-testid="worker-row">
      <td>
        <a class="strong" href={href('workers', worker.workerid)}>{worker.name}</a>
        <Labels worker={worker} />
      </td>
      <td>
        <WorkerState worker={worker} />
        <PauseReason worker={worker} />
      </td>
      <td class="num">{slots === undefined ? builds.length : `${builds.length} / ${slots}`}</td>
      <td class="grow">
        <span class="inline-list">
          {builds.map((b) => (
            <a key={b.buildid} href={href('builders', b.builderid, 'builds', b.number)}>
              {names.get(b.builderid) ?? b.builderid} #{b.number}
            </a>
          ))}
          {builds.length === 0 && <span class="muted">idle</span>}
        </span>
      </td>
      <td class="wide-only muted clip">{String(worker.workerinfo.host ?? '–')}</td>
      <td class="num wide-only"><Ago at={worker.last_seen_at} /></td>
    </tr>
  );
}

export function Labels({ worker }: { worker: Worker }) {
  return (
    <span class="row-tags">
      {Object.entries(worker.labels ?? {}).map(([key, value]) => (
        <span key={key} class="tag small">{key}={String(value)}</span>
      ))}
    </span>
  );
}
