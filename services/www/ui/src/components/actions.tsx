// SPDX-License-Identifier: Apache-2.0
// The buttons that change something: stop, rebuild and pin a build, cancel a request.
import { useState } from 'preact/hooks';
import { control } from '../api/client';
import type { Build, BuildRequest, Forced } from '../api/records';
import { href } from '../lib/route';
import { navigate } from '../lib/router';
import { withRights } from '../lib/session';
import { Confirm } from './dialog';
import { tell, tellError } from './toast';

/** Goes to the request that was made; that page goes on to the build as soon as there is one. */
export function showForced([, requests]: Forced): void {
  const ids = Object.values(requests);
  if (ids[0] !== undefined) navigate(href('buildrequests', ids[0]));
  tell(ids.length > 1 ? `${ids.length} builds requested.` : 'Build requested.');
}

export function StopButton({ build }: { build: Build }) {
  const [asking, setAsking] = useState(false);
  const stop = async (reason: string) => {
    const call = () => control(`builds/${build.buildid}`, 'stop', reason ? { reason } : {});
    if (await withRights('Stopping a build', call)) tell('Stopping the build…');
  };
  return (
    <>
      <button type="button" class="button danger" onClick={() => setAsking(true)} data-testid="stop-button">
        Stop
      </button>
      {asking && (
        <Confirm
          title={`Stop build #${build.number}?`}
          text="The running step is ended and the build becomes cancelled."
          action="Stop the build"
          withReason
          danger
          onConfirm={stop}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

export function RebuildButton({ build }: { build: Build }) {
  const [asking, setAsking] = useState(false);
  const rebuild = async () => {
    const answer = await withRights('Rebuilding', () => control<Forced>(`builds/${build.buildid}`, 'rebuild'));
    if (answer) showForced(answer.result);
  };
  return (
    <>
      <button type="button" class="button" onClick={() => setAsking(true)} data-testid="rebuild-button">
        Rebuild
      </button>
      {asking && (
        <Confirm
          title={`Rebuild #${build.number}?`}
          text="A new build is requested with the same source and properties."
          action="Rebuild"
          onConfirm={rebuild}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** Retention passes over a pinned build. */
export function PinButton({ build, onDone }: { build: Build; onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  const pin = async () => {
    setBusy(true);
    try {
      const call = () => control(`builds/${build.buildid}`, build.pinned ? 'unpin' : 'pin');
      if (await withRights(build.pinned ? 'Unpinning a build' : 'Pinning a build', call)) {
        tell(build.pinned ? `Build #${build.number} may be removed when it is old.` : `Build #${build.number} is kept.`);
        onDone();
      }
    } catch (error) {
      tellError(error);
    }
    setBusy(false);
  };
  return (
    <button type="button" class="button" disabled={busy} onClick={() => void pin()} title="Retention keeps pinned builds" data-testid="pin-button">
      {build.pinned ? 'Unpin' : 'Pin'}
    </button>
  );
}

export function CancelButton({ request, onDone }: { request: BuildRequest; onDone?: () => void }) {
  const [busy, setBusy] = useState(false);
  const cancel = async () => {
    setBusy(true);
    try {
      const call = () => control(`buildrequests/${request.buildrequestid}`, 'cancel');
      if (await withRights('Cancelling a request', call)) tell(`Request ${request.buildrequestid} cancelled.`);
      onDone?.();
    } catch (error) {
      tellError(error);
    }
    setBusy(false);
  };
  return (
    <button type="button" class="button small" disabled={busy} onClick={() => void cancel()} data-testid="cancel-button">
      Cancel
    </button>
  );
}
