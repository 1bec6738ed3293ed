// SPDX-License-Identifier: Apache-2.0
// How components get their data: a collection or one record, kept up to date while they are on screen.
import { signal } from '@preact/signals';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { getPage, queryString, serverNow, type ApiError } from '../api/client';
import { Collection, type Deps, type Snapshot, type Spec } from './collection';
import { live, onRefresh } from './refresh';

export interface Loaded<T> {
  data: T | undefined;
  total: number;
  error: ApiError | undefined;
  reload: () => void;
}

function pageDeps<T>(): Deps<T> {
  return {
    fetch: (spec, signal) => getPage<T>(spec.path, spec.plural, spec.query, signal),
    subscribe: (topic, handler) => live.subscribe(topic, handler),
    ready: (topics, patience) => live.ready(topics, patience),
    acked: (topic) => live.acked(topic),
  };
}

/** Two specs with the same key ask for the same; rules such as `accept` may be new closures each time. */
function specKey<T>(spec: Spec<T> | null): string {
  if (!spec) return '';
  return `${spec.path}${queryString(spec.query ?? {})} ${spec.topics?.join(' ') ?? ''}`;
}

/** Null asks for nothing (yet). Data of the previous spec is never shown for the next one. */
export function useCollection<T extends object>(spec: Spec<T> | null): Loaded<T[]> {
  const key = specKey(spec);
  const [state, setState] = useState<{ key: string; snapshot: Snapshot<T> } | null>(null);
  const collection = useRef<Collection<T> | null>(null);

  useEffect(() => {
    if (!spec) return;
    const current = new Collection<T>(spec, pageDeps<T>(), (snapshot) => setState({ key, snapshot }));
    collection.current = current;
    const unwatch = onRefresh(() => void current.load());
    return () => {
      unwatch();
      current.close();
      collection.current = null;
    };
    // The key stands for the spec.
  }, [key]);

  const reload = useCallback(() => void collection.current?.load(), []);
  const snapshot = state && state.key === key ? state.snapshot : undefined;
  return { data: snapshot?.items, total: snapshot?.total ?? 0, error: snapshot?.error, reload };
}

export function useOne<T extends object>(spec: Spec<T> | null): Loaded<T> {
  const { data, total, error, reload } = useCollection(spec);
  return { data: data?.[0], total, error, reload };
}

const now = signal(Math.floor(serverNow()));
let watchers = 0;
let ticker: ReturnType<typeof setInterval> | undefined;

/** The server's time in seconds, ticking; one timer serves every clock on the page. */
export function useNow(ticking = true): number {
  const value = ticking ? now.value : now.peek();
  useEffect(() => {
    if (!ticking) return;
    watchers += 1;
    now.value = Math.floor(serverNow());
    ticker ??= setInterval(() => (now.value = Math.floor(serverNow())), 1000);
    return () => {
      watchers -= 1;
      if (watchers > 0) return;
      clearInterval(ticker);
      ticker = undefined;
    };
  }, [ticking]);
  return value;
}
