// SPDX-License-Identifier: Apache-2.0
// Whether what is shown is live, always in sight; when it is not, since when and what is being done about it.
import { useComputed } from '@preact/signals';
import { formatTime } from '../lib/format';
import { clock, useTicking } from '../live/hooks';
import { live, online, retryNow } from '../live/refresh';
import { t } from '../text';

export function LiveState() {
  const status = live.status.value;
  const isOffline = status === 'lost' && !online.value;
  const text = isOffline ? t.shell.offline : { connecting: t.shell.connecting, open: t.shell.live, lost: t.shell.reconnecting }[status];
  const since = live.lostAt.value;
  const stale = status === 'lost' && since !== undefined ? t.shell.staleSince(formatTime(since / 1000)) : '';
  return (
    <div class={`live live-${isOffline ? 'offline' : status}`} title={[text, stale].filter(Boolean).join('\n')} data-testid="live-status" data-status={status} data-offline={isOffline}>
      <span class="live-dot" aria-hidden="true" />
      <span class="live-text">
        <span role="status">{text}</span>
        {status === 'lost' && <Lost stale={stale} isOffline={isOffline} />}
      </span>
    </div>
  );
}

/** The seconds are for the eyes alone: read out one by one they would be a nuisance. */
function Lost({ stale, isOffline }: { stale: string; isOffline: boolean }) {
  useTicking();
  const countdown = useComputed(() => {
    const at = live.retryAt.value;
    // The clock only says when to look again: the time to wait is this machine's own.
    void clock.value;
    return at === undefined ? '' : t.shell.retryIn(Math.max(0, Math.ceil((at - Date.now()) / 1000)));
  });
  return (
    <span class="live-more">
      <span>{stale}</span>
      {!isOffline && (
        <button type="button" class="live-retry" onClick={retryNow} title={t.shell.retryNow} aria-label={t.shell.retryNow}>{countdown}</button>
      )}
    </span>
  );
}
