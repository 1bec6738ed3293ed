// SPDX-License-Identifier: Apache-2.0
// Whether a worker can take builds, in one badge; its labels, and its slots.
import type { Worker } from '../api/records';
import type { Status } from '../lib/results';
import { t } from '../text';
import { StatusBadge } from './status';

export type WorkerStateName = 'connected' | 'paused' | 'offline' | 'stopping' | 'quarantined';

export function workerStateName(worker: Worker): WorkerStateName {
  if (worker.connected_to.length === 0) return 'offline';
  if (worker.graceful) return 'stopping';
  if (isQuarantined(worker)) return 'quarantined';
  return worker.paused ? 'paused' : 'connected';
}

const SHOWN_AS: Record<WorkerStateName, Status> = {
  connected: 'success', paused: 'warnings', offline: 'unknown', stopping: 'cancelled', quarantined: 'exception',
};

export function workerState(worker: Worker): [status: Status, text: string] {
  const name = workerStateName(worker);
  return [SHOWN_AS[name], t.plant.states[name]];
}

/** Slipway itself paused it, for a while that grows with each failure of its agent. */
function isQuarantined(worker: Worker): boolean {
  return worker.paused && (worker.pause_reason ?? '').startsWith('quarantine after ');
}

/** Why it takes no builds, for a line below its name. */
export function PauseReason({ worker }: { worker: Worker }) {
  if (!worker.paused || !worker.pause_reason) return null;
  return <span class="row-more" data-testid="pause-reason">{worker.pause_reason}</span>;
}

export function WorkerState({ worker }: { worker: Worker }) {
  const [status, text] = workerState(worker);
  return (
    <span title={worker.pause_reason ?? undefined}>
      <StatusBadge status={status} text={text} testid="worker-state" />
    </span>
  );
}

/** How many builds it may run at once; undefined when the server does not say. */
export function workerSlots(worker: Worker): number | undefined {
  return worker.max_builds || undefined;
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

/** More are drawn as one bar. */
const MOST_CELLS = 16;

/** Its slots as cells, those in use filled; the numbers beside them say the same. */
export function Slots({ busy, slots }: { busy: number; slots: number }) {
  const cells = Math.max(slots, busy);
  return (
    <span class="slots" title={t.plant.slotsBusy(busy, slots)}>
      <span class="slot-cells" aria-hidden="true">
        {cells <= MOST_CELLS ? (
          Array.from({ length: cells }, (_, i) => <span key={i} class={i < busy ? 'slot slot-busy' : 'slot'} />)
        ) : (
          <span class="slot slot-wide"><span class="slot-busy" style={{ width: `${(100 * busy) / cells}%` }} /></span>
        )}
      </span>
      <span class="num">{busy}/{slots}</span>
    </span>
  );
}
