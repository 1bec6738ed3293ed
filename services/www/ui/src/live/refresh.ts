// SPDX-License-Identifier: Apache-2.0
// The page's one socket, and the counter that makes everything on screen be fetched again.
import { outage, pageUrl } from '../api/client';
import { createStore } from '../lib/store';
import { LiveSocket } from './socket';

/** Grows whenever what is on screen may be stale. */
export const refreshCount = createStore(0);

export function refreshAll(): void {
  refreshCount.set(refreshCount.get() + 1);
}

export const live = new LiveSocket({
  open: () => new WebSocket(pageUrl('ws').replace(/^http/, 'ws')),
  onReturn: refreshAll,
});

/** Without live events the page is kept fresh by asking. */
const POLL_EVERY = 10_000;

export function retryNow(): void {
  live.retryNow();
  refreshAll();
}

export function startRefreshing(): void {
  setInterval(() => {
    if (!document.hidden && (live.status.get() !== 'open' || outage.get() !== null)) refreshAll();
  }, POLL_EVERY);
  addEventListener('online', retryNow);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) live.retryNow();
  });
}
