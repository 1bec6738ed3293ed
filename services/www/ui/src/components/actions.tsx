// SPDX-License-Identifier: Apache-2.0
// The buttons that change something: stop, rebuild and pin a build, cancel a request.
import { useState } from 'preact/hooks';
import { control } from '../api/client';
import type { Build, BuildRequest, Forced } from '../api/records';
import { useShortcuts, type Shortcut } from '../lib/keys';
import { href } from '../lib/route';
import { navigate } from '../lib/router';
import { withRights } from '../lib/session';
import { Confirm } from './dialog';
import { tell, tellError } from './toast';
import { t } from '../text';

/** Goes to the request that was made; that page goes on to the build as soon as there is one. */
export function showForced([, requests]: Forced): void {
  const ids = Object.values(requests);
  if (ids[0] !== undefined) navigate(href('buildrequests', ids[0]));
  tell(t.actions.requested(Math.max(1, ids.length)));
}

interface AskingProps {
  build: Build;
  /** A key that does as the button. */
  shortcut?: string;
}

function keyFor(keys: string | undefined, text: string, run: () => void): Shortcut[] {
  return keys === undefined ? [] : [{ keys, text, run }];
}

export function StopButton({ build, shortcut }: AskingProps) {
  const [asking, setAsking] = useState(false);
  useShortcuts(keyFor(shortcut, t.build.stopKey, () => setAsking(true)));
  const stop = async (reason: string) => {
    const call = () => control(`builds/${build.buildid}`, 'stop', reason ? { reason } : {});
    if (await withRights(t.actions.stopping, call)) tell(t.actions.stops);
  };
  return (
    <>
      <button type="button" class="button danger" onClick={() => setAsking(true)} data-testid="stop-button">
        {t.actions.stop}
      </button>
      {asking && (
        <Confirm
          title={t.actions.stopTitle(build.number)}
          text={t.actions.stopText}
          action={t.actions.stopAction}
          withReason
          danger
          onConfirm={stop}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

export function RebuildButton({ build, shortcut }: AskingProps) {
  const [asking, setAsking] = useState(false);
  useShortcuts(keyFor(shortcut, t.build.rebuildKey, () => setAsking(true)));
  const rebuild = async () => {
    const answer = await withRights(t.actions.rebuilding, () => control<Forced>(`builds/${build.buildid}`, 'rebuild'));
    if (answer) showForced(answer.result);
  };
  return (
    <>
      <button type="button" class="button" onClick={() => setAsking(true)} data-testid="rebuild-button">
        {t.actions.rebuild}
      </button>
      {asking && (
        <Confirm
          title={t.actions.rebuildTitle(build.number)}
          text={t.actions.rebuildText}
          action={t.actions.rebuild}
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
      if (await withRights(build.pinned ? t.actions.unpinning : t.actions.pinning, call)) {
        tell(build.pinned ? t.actions.unpinned(build.number) : t.actions.pinned(build.number));
        onDone();
      }
    } catch (error) {
      tellError(error);
    }
    setBusy(false);
  };
  return (
    <button type="button" class="button" disabled={busy} onClick={() => void pin()} title={t.actions.pinHint} data-testid="pin-button">
      {build.pinned ? t.actions.unpin : t.actions.pin}
    </button>
  );
}

export function CancelButton({ request, onDone }: { request: BuildRequest; onDone?: () => void }) {
  const [busy, setBusy] = useState(false);
  const cancel = async () => {
    setBusy(true);
    try {
      const call = () => control(`buildrequests/${request.buildrequestid}`, 'cancel');
      if (await withRights(t.actions.cancelling, call)) tell(t.actions.cancelled(request.buildrequestid));
      onDone?.();
    } catch (error) {
      tellError(error);
    }
    setBusy(false);
  };
  return (
    <button type="button" class="button small" disabled={busy} onClick={() => void cancel()} data-testid="cancel-button">
      {t.actions.cancel}
    </button>
  );
}
