// SPDX-License-Identifier: Apache-2.0
// A list of records that is fetched once and then kept up to date by live events.
import type { ApiError, Page, Query } from '../api/client';
import { mergeRecord, type MergeRules } from '../lib/merge';

export interface Spec<T> extends MergeRules<T> {
  /** Resource path below api/v2. */
  path: string;
  /** The plural under which the answer has the records. */
  plural: string;
  query?: Query;
  /** Patterns of live events whose message is such a record. */
  topics?: readonly string[];
  /** Events (last part of the key) after which the list is fetched again, since their record is not whole. */
  reloadOn?: readonly string[];
  /** Events only say that something changed: their records are never whole. */
  reloadOnly?: boolean;
  /** Which events matter to the list at all; without it, those of every topic do. */
  concerns?: (record: Record<string, unknown>) => boolean;
  /** Milliseconds in which events make it be fetched once; a list that is costly to fetch has more. */
  reloadAfter?: number;
}

export interface Snapshot<T> {
  items: T[] | undefined;
  total: number;
  error: ApiError | undefined;
}

export interface Deps<T> {
  fetch: (spec: Spec<T>, signal: AbortSignal) => Promise<Page<T>>;
  subscribe: (topic: string, handler: (key: string, message: unknown) => void) => () => void;
  ready: (topics: readonly string[], patience: number) => Promise<void>;
  acked: (topic: string) => boolean;
}

/** How long the first fetch waits for the subscriptions. */
const PATIENCE = 250;
/** Bursts of events are drawn together. */
const GATHER = 60;
const RELOAD_AFTER = 300;

export class Collection<T extends object> {
  private snapshot: Snapshot<T> = { items: undefined, total: 0, error: undefined };
  private queue: T[] = [];
  private aborter: AbortController | null = null;
  private closed = false;
  private gatherTimer: ReturnType<typeof setTimeout> | undefined;
  private reloadTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly unsubscribe: (() => void)[];

  private readonly spec: Spec<T>;
  private readonly deps: Deps<T>;
  private readonly changed: (snapshot: Snapshot<T>) => void;

  constructor(spec: Spec<T>, deps: Deps<T>, changed: (snapshot: Snapshot<T>) => void) {
    this.spec = spec;
    this.deps = deps;
    this.changed = changed;
    this.unsubscribe = (spec.topics ?? []).map((topic) =>
      deps.subscribe(topic, (key, message) => this.received(key, message)),
    );
    void this.start();
  }

  close(): void {
    this.closed = true;
    this.aborter?.abort();
    clearTimeout(this.gatherTimer);
    clearTimeout(this.reloadTimer);
    for (const end of this.unsubscribe) end();
  }

  /** Subscribes first and fetches then, so that no event falls between; a late subscription fetches again. */
  private async start(): Promise<void> {
    const topics = this.spec.topics ?? [];
    await this.deps.ready(topics, PATIENCE);
    const late = topics.some((topic) => !this.deps.acked(topic));
    await this.load();
    if (!late || this.closed) return;
    await this.deps.ready(topics, 60_000);
    await this.load();
  }

  async load(): Promise<void> {
    if (this.closed) return;
    this.aborter?.abort();
    const aborter = new AbortController();
    this.aborter = aborter;
    try {
      const page = await this.deps.fetch(this.spec, aborter.signal);
      if (aborter.signal.aborted) return;
      this.aborter = null;
      this.snapshot = { items: page.items, total: page.total, error: undefined };
      // What came in while the answer was under way may be newer than the answer.
      this.flush();
      this.changed(this.snapshot);
    } catch (error) {
      if (aborter.signal.aborted) return;
      this.aborter = null;
      this.snapshot = { ...this.snapshot, error: error as ApiError };
      this.changed(this.snapshot);
    }
  }

  private received(key: string, message: unknown): void {
    const event = key.slice(key.lastIndexOf('/') + 1);
    if (this.spec.concerns && !this.spec.concerns((message ?? {}) as Record<string, unknown>)) return;
    if (this.spec.reloadOnly || this.spec.reloadOn?.includes(event)) this.reloadSoon();
    if (this.spec.reloadOnly) return;
    if (typeof message !== 'object' || message === null || !(this.spec.id in message)) return;
    this.queue.push(message as T);
    this.gatherTimer ??= setTimeout(() => {
      this.gatherTimer = undefined;
      if (this.aborter || !this.snapshot.items) return;
      this.flush();
      this.changed(this.snapshot);
    }, GATHER);
  }

  private flush(): void {
    const before = this.snapshot.items ?? [];
    let items = before;
    for (const record of this.queue.splice(0)) items = mergeRecord(items, record, this.spec);
    const total = Math.max(items.length, this.snapshot.total + items.length - before.length);
    this.snapshot = { ...this.snapshot, items, total };
  }

  private reloadSoon(): void {
    this.reloadTimer ??= setTimeout(() => {
      this.reloadTimer = undefined;
      void this.load();
    }, this.spec.reloadAfter ?? RELOAD_AFTER);
  }
}
