// SPDX-License-Identifier: Apache-2.0
// Whether a worker can take builds, in one badge.
import type { Worker } from '../api/records';
import type { Status } from '../lib/results';
import { StatusBadge } from './status';

export function workerState(worker: Worker): [status: Status, text: string] {
  if (worker.connected_to.length === 0) return ['unknown', 'offline'];
  if (worker.graceful) return ['cancelled', 'shutting down'];
  if (isQuarantined(worker)) return ['exception', 'quarantined'];
  if (worker.paused) return ['warnings', 'paused'];
  return ['success', 'connected'];
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
