// SPDX-License-Identifier: Apache-2.0
// The page's one socket, and the call that makes everything on screen be fetched again.
import { outage, pageUrl } from '../api/client';
import { LiveSocket } from './socket';

const refreshers = new Set<() => void>();

/** `refresh` is called whenever what is on screen may be stale; the returned function ends that. */
export function onRefresh(refresh: () => void): () => void {
  refreshers.add(refresh);
  return () => refreshers.delete(refresh);
}

export function refreshAll(): void {
  for (const refresh of [...refreshers]) refresh();
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
    if (!document.hidden && (live.status.peek() !== 'open' || outage.peek() !== null)) refreshAll();
  }, POLL_EVERY);
  addEventListener('online', retryNow);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) live.retryNow();
  });
}
