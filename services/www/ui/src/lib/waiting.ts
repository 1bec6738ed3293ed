// SPDX-License-Identifier: Apache-2.0
// Why requests wait although nothing is wrong with them: nobody is there to take them.
import type { Worker } from '../api/records';

/** `workers` are those that can run the builder; undefined when one of them could take its requests. */
export function whyWaiting(workers: readonly Worker[]): string | undefined {
  if (workers.length === 0) return 'no worker can run this builder';
  const online = workers.filter((w) => w.connected_to.length > 0);
  if (online.length === 0) return 'no worker of this builder is online';
  if (online.every((w) => w.paused || w.graceful)) return 'every worker of this builder is paused';
  return undefined;
}
