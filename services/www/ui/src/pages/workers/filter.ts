// SPDX-License-Identifier: Apache-2.0
// Which workers are shown: as the address says.
import type { Worker } from '../../api/records';
import { workerStateName } from '../../components/workerstate';
import { withQuery } from '../../lib/route';

export const STATES = ['connected', 'idle', 'busy', 'paused', 'stopping', 'quarantined', 'offline'] as const;
export type StateFilter = (typeof STATES)[number];

export interface Filter {
  text: string;
  state: StateFilter | undefined;
}

export function readFilter(query: URLSearchParams): Filter {
  return { text: query.get('q') ?? '', state: STATES.find((state) => state === query.get('state')) };
}

export function linkOf({ text, state }: Filter): string {
  return withQuery('#/workers', { q: text || undefined, state });
}

function textOf(worker: Worker): string {
  const labels = Object.entries(worker.labels ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  return [worker.name, ...labels, worker.workerinfo.host, worker.workerinfo.admin].join(' ').toLowerCase();
}

function isInState(worker: Worker, busy: number, state: StateFilter): boolean {
  const name = workerStateName(worker);
  if (state === 'busy') return busy > 0;
  if (state === 'idle') return name === 'connected' && busy === 0;
  return name === state;
}

/** Every word must be somewhere in a worker's name, labels or host. */
export function filterWorkers(workers: readonly Worker[], busy: (worker: Worker) => number, { text, state }: Filter): Worker[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return workers.filter(
    (worker) => (state === undefined || isInState(worker, busy(worker), state)) && words.every((word) => textOf(worker).includes(word)),
  );
}
