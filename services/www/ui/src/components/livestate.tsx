// SPDX-License-Identifier: Apache-2.0
// Whether what is shown is live, always in sight.
import { live } from '../live/refresh';
import { t } from '../text';

const LIVE_TEXT = { connecting: 'connecting', open: 'live', lost: 'reconnecting' } as const;

export function LiveState() {
  const status = live.status.value;
  const text = t.shell[LIVE_TEXT[status]];
  return (
    <span class={`live live-${status}`} role="status" title={text} data-testid="live-status" data-status={status}>
      <span class="live-dot" aria-hidden="true" />
      <span class="live-text">{text}</span>
    </span>
  );
}
