// SPDX-License-Identifier: Apache-2.0
// What a worker does at the moment, and if that is nothing, why.
import type { BuildRequest, Worker } from '../../api/records';
import { WhyWaiting } from '../../components/why';
import { workerSlots, workerStateName } from '../../components/workerstate';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';

/** In one sentence; undefined when only the queue can tell. */
export function statement(worker: Worker, busy: number): string | undefined {
  const state = workerStateName(worker);
  const slots = workerSlots(worker);
  if (state === 'offline') return t.plant.isOffline;
  if (state === 'stopping') return t.plant.isStopping;
  if (worker.paused) return worker.pause_reason ? t.plant.isPaused(worker.pause_reason) : t.plant.isPausedSilently;
  if (busy > 0) return slots !== undefined && busy >= slots ? t.plant.isFull(slots) : t.plant.isBusy(busy);
  return worker.configured_on.length === 0 ? t.plant.servesNone : undefined;
}

export function WhyIdle({ worker, busy }: { worker: Worker; busy: number }) {
  const said = statement(worker, busy);
  return <div class="worker-why" data-testid="worker-why">{said ? <p>{said}</p> : <PassedOver worker={worker} />}</div>;
}

function PassedOver({ worker }: { worker: Worker }) {
  const pending = useCollection<BuildRequest>(specs.pendingRequests());
  const served = new Set(worker.configured_on.map((place) => place.builderid));
  const first = pending.data?.find((request) => served.has(request.builderid));
  if (!pending.data) return null;
  if (!first) return <p>{t.plant.isIdle}</p>;
  return (
    <>
      <p>{t.plant.isPassedOver}</p>
      <WhyWaiting id={first.buildrequestid} />
    </>
  );
}
