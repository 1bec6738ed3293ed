// SPDX-License-Identifier: Apache-2.0
// Pausing, resuming and shutting down workers, one or several at once; who does not wait for one that shuts down ends it.
import { useState } from 'preact/hooks';
import { control } from '../api/client';
import type { Worker } from '../api/records';
import { withRights } from '../lib/session';
import { t } from '../text';
import { Confirm } from './dialog';
import { tell, tellError } from './toast';

type Method = 'pause' | 'unpause' | 'stop' | 'kill';

interface Props {
  workers: readonly Worker[];
  onDone: () => void;
}

/** All of them, or the error of the first that failed. */
async function callAll(workers: readonly Worker[], method: Method, reason: string): Promise<void> {
  for (const worker of workers) await control(`workers/${worker.workerid}`, method, reason ? { reason } : {});
}

function nameOf(workers: readonly Worker[]): string {
  return workers.length === 1 ? workers[0]!.name : t.plant.many(workers.length);
}

export function WorkerActions({ workers, onDone }: Props) {
  const [asking, setAsking] = useState<'pause' | 'stop' | 'kill'>();
  const name = nameOf(workers);
  const call = async (method: Method, done: string, reason = '') => {
    if (!(await withRights(t.plant.changing, () => callAll(workers, method, reason)))) return;
    tell(done);
    onDone();
  };
  return (
    <>
      {workers.some((w) => w.paused) && (
        <button type="button" class="button" onClick={() => void call('unpause', t.plant.resumed(name)).catch(tellError)} data-testid="resume-button">
          {t.plant.resume}
        </button>
      )}
      {workers.some((w) => !w.paused) && (
        <button type="button" class="button" onClick={() => setAsking('pause')} data-testid="pause-button">{t.plant.pause}</button>
      )}
      <button type="button" class="button danger" onClick={() => setAsking('stop')} data-testid="shutdown-button">{t.plant.stop}</button>
      {workers.some((w) => w.graceful) && (
        <button type="button" class="button danger" onClick={() => setAsking('kill')} data-testid="kill-button">{t.plant.kill}</button>
      )}
      {asking === 'pause' && (
        <Confirm
          title={t.plant.pauseTitle(name)} text={t.plant.pauseText} action={t.plant.pause} withReason
          onConfirm={(reason) => call('pause', t.plant.paused(name), reason)} onClose={() => setAsking(undefined)}
        />
      )}
      {asking === 'kill' && (
        <Confirm
          title={t.plant.killTitle(name)} text={t.plant.killText} action={t.plant.kill} withReason danger
          onConfirm={(reason) => call('kill', t.plant.killed(name), reason)} onClose={() => setAsking(undefined)}
        />
      )}
      {asking === 'stop' && (
        <Confirm
          title={t.plant.stopTitle(name)} text={t.plant.stopText} action={t.plant.stop} withReason danger
          onConfirm={(reason) => call('stop', t.plant.stopping(name), reason)} onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}
