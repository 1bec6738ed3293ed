// SPDX-License-Identifier: Apache-2.0
// The page's one socket, and the call that makes everything on screen be fetched again.
import { signal } from '@preact/signals';
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
/** A page that was out of sight for longer may have slept with its machine. */
const NAP = 5_000;

export function retryNow(): void {
  live.retryNow();
  refreshAll();
}

/** Whether the machine has a network at all, as far as the browser knows. */
export const online = signal(true);

function watchNetwork(): void {
  online.value = navigator.onLine;
  addEventListener('offline', () => (online.value = false));
  addEventListener('online', () => {
    online.value = true;
    live.check();
    if (outage.peek() !== null) refreshAll();
  });
}

/** Events come to hidden pages as well: only a connection that was lost has missed any, and its return fetches all. */
function watchSleep(): void {
  let hiddenAt = 0;
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Date.now() - hiddenAt > NAP || live.status.peek() === 'lost') live.check();
  });
}

export function startRefreshing(): void {
  live.start();
  setInterval(() => {
    if (!document.hidden && (live.status.peek() !== 'open' || outage.peek() !== null)) refreshAll();
  }, POLL_EVERY);
  watchNetwork();
  watchSleep();
}
