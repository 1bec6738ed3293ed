// SPDX-License-Identifier: Apache-2.0
// Whether a worker can take builds, in one badge.
import type { Worker } from '../api/records';
import type { Status } from '../lib/results';
import * as specs from '../lib/specs';
import { whyWaiting } from '../lib/waiting';
import { useCollection } from '../live/hooks';
import { StatusBadge } from './status';

export function workerState(worker: Worker): [status: Status, text: string] {
  if (worker.connected_to.length === 0) return ['unknown', 'offline'];
  if (worker.graceful) return ['cancelled', 'shutting down'];
  if (worker.paused) return ['warnings', 'paused'];
  return ['success', 'connected'];
}

export function WorkerState({ worker }: { worker: Worker }) {
  const [status, text] = workerState(worker);
  return (
    <span title={worker.pause_reason ?? undefined}>
      <StatusBadge status={status} text={text} testid="worker-state" />
    </span>
  );
}

/** A line below requests that nobody can take now; nothing otherwise. */
export function WhyWaiting({ builderid }: { builderid: number }) {
  const workers = useCollection<Worker>(specs.workersOfBuilder(builderid));
  const why = workers.data && whyWaiting(workers.data);
  return why ? <p class="empty" role="status" data-testid="why-waiting">Waiting: {why}.</p> : null;
}

/** How many builds it may run at once; undefined when the server does not say. */
export function workerSlots(worker: Worker): number | undefined {
  const { slots, max_builds: configured } = worker;
  if (slots && configured) return Math.min(slots, configured);
  return slots || configured || undefined;
}
