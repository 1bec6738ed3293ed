// SPDX-License-Identifier: Apache-2.0
// How components get their data: a collection or one record, kept up to date while they are on screen.
import { signal } from '@preact/signals';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { getPage, serverNow, type ApiError } from '../api/client';
import type { Deps, Snapshot, Spec } from './collection';
import { live, onRefresh } from './refresh';
import { specKey, Store, type Held } from './store';

export interface Loaded<T> {
  data: T | undefined;
  total: number;
  error: ApiError | undefined;
  reload: () => void;
}

const deps: Deps<object> = {
  fetch: (spec, signal) => getPage<object>(spec.path, spec.plural, spec.query, signal),
  subscribe: (topic, handler) => live.subscribe(topic, handler),
  ready: (topics, patience) => live.ready(topics, patience),
  acked: (topic) => live.acked(topic),
};

/** All lists of the page. */
export const store = new Store(deps, onRefresh);

/** Null asks for nothing (yet). Data of the previous spec is never shown for the next one. */
export function useCollection<T extends object>(spec: Spec<T> | null): Loaded<T[]> {
  const key = spec ? specKey(spec) : '';
  const [state, setState] = useState<{ key: string; snapshot: Snapshot<T> } | null>(null);
  const held = useRef<Held | null>(null);

  // Before the browser paints: what is drawn without its data is not waited for.
  useLayoutEffect(() => {
    if (!spec) return;
    const current = store.hold<T>(spec, (snapshot) => setState({ key, snapshot }));
    held.current = current;
    return () => {
      current.release();
      held.current = null;
    };
    // The key stands for the spec.
  }, [key]);

  const reload = useCallback(() => held.current?.reload(), []);
  const isOwn = state !== null && state.key === key;
  // Before the effect has run, what an earlier visit left is there at once, so that going back shows no skeletons.
  const snapshot = isOwn ? state.snapshot : spec ? store.peek<T>(key) : undefined;
  return { data: snapshot?.items, total: snapshot?.total ?? 0, error: snapshot?.error, reload };
}

export function useOne<T extends object>(spec: Spec<T> | null): Loaded<T> {
  const { data, ...rest } = useCollection(spec);
  return { data: data?.[0], ...rest };
}

/** The server's time in seconds; it ticks while somebody watches it. */
export const clock = signal(Math.floor(serverNow()));
let watchers = 0;
let ticker: ReturnType<typeof setInterval> | undefined;

/** Keeps the clock ticking while the component is on screen; one timer serves every clock on the page. */
export function useTicking(ticking = true): void {
  useEffect(() => {
    if (!ticking) return;
    watchers += 1;
    clock.value = Math.floor(serverNow());
    ticker ??= setInterval(tick, 1000);
    return () => {
      watchers -= 1;
      if (watchers > 0) return;
      clearInterval(ticker);
      ticker = undefined;
    };
  }, [ticking]);
}

/** Nobody sees a hidden page's clocks. */
function tick(): void {
  if (!document.hidden) clock.value = Math.floor(serverNow());
}

/** The clock for what is drawn anew with each tick. */
export function useNow(ticking = true): number {
  useTicking(ticking);
  return ticking ? clock.value : clock.peek();
}
