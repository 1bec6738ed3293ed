// SPDX-License-Identifier: Apache-2.0
// The workers as small tiles: their state, and how many of their slots are in use.
import type { Build, Worker } from '../../api/records';
import { StatusIcon } from '../../components/icons';
import { workerSlots, workerState } from '../../components/workerstate';
import { href } from '../../lib/route';
import { t } from '../../text';

const TILES = 40;

export function WorkerTiles({ workers, running }: { workers: readonly Worker[]; running: readonly Build[] }) {
  // Those that are away or paused are what one looks for.
  const troubled = (w: Worker) => (w.connected_to.length === 0 || w.paused ? 0 : 1);
  const sorted = [...workers].sort((a, b) => troubled(a) - troubled(b) || a.name.localeCompare(b.name, undefined, { numeric: true }));
  return (
    <div class="worker-tiles">
      {sorted.slice(0, TILES).map((worker) => (
        <WorkerTile key={worker.workerid} worker={worker} builds={running.filter((b) => b.workerid === worker.workerid).length} />
      ))}
      {sorted.length > TILES && <a class="muted" href="#/workers">{t.overview.moreWorkers(sorted.length - TILES)}</a>}
    </div>
  );
}

function WorkerTile({ worker, builds }: { worker: Worker; builds: number }) {
  const [status, state] = workerState(worker);
  const slots = workerSlots(worker);
  const label = t.overview.workerLoad(worker.name, state, builds, slots);
  return (
    <a class={`worker-tile st-${status}`} href={href('workers', worker.workerid)} title={label} aria-label={label} data-testid="worker-tile" data-status={status}>
      <StatusIcon status={status} />
      <span class="clip">{worker.name}</span>
      <span class="num muted">{slots === undefined ? builds : `${builds}/${slots}`}</span>
    </a>
  );
}
