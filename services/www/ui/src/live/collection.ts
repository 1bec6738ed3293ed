// SPDX-License-Identifier: Apache-2.0
// A list of records that is fetched once and then kept up to date by live events.
import type { ApiError, Page, Query } from '../api/client';
import { mergeRecord, type MergeRules } from '../lib/merge';
import { redrawSoon } from './frames';

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
/** After an event that is not whole the list is fetched again soon; in a burst at most as often as these say, in ms. */
const RELOAD_FIRST = 300;
const RELOAD_LONGEST = 5000;

export class Collection<T extends object> {
  private snapshot: Snapshot<T> = { items: undefined, total: 0, error: undefined };
  private queue: T[] = [];
  private aborter: AbortController | null = null;
  private closed = false;
  private unplan: (() => void) | undefined;
  private reloadTimer: ReturnType<typeof setTimeout> | undefined;
  private reloadAfter = 0;
  private reloadedAt = -Infinity;
  private readonly unsubscribe: (() => void)[];

  private readonly spec: Spec<T>;
  private readonly deps: Deps<T>;
  private readonly changed: (snapshot: Snapshot<T>) => void;

  /** `before` is what was known when the list was last on screen; with `settled` nothing can have come to it since. */
  constructor(spec: Spec<T>, deps: Deps<T>, changed: (snapshot: Snapshot<T>) => void, before?: Snapshot<T>, settled = false) {
    this.spec = spec;
    this.deps = deps;
    this.changed = changed;
    if (before) this.snapshot = before;
    this.unsubscribe = (spec.topics ?? []).map((topic) =>
      deps.subscribe(topic, (key, message) => this.received(key, message)),
    );
    if (!before || !settled) void this.start();
  }

  close(): void {
    this.closed = true;
    this.aborter?.abort();
    this.unplan?.();
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
    this.unplan ??= redrawSoon(this.redraw);
  }

  private readonly redraw = (): void => {
    this.unplan = undefined;
    if (this.closed || this.aborter || !this.snapshot.items) return;
    this.flush();
    this.changed(this.snapshot);
  };

  private flush(): void {
    const before = this.snapshot.items ?? [];
    let items = before;
    for (const record of this.queue.splice(0)) items = mergeRecord(items, record, this.spec);
    const total = Math.max(items.length, this.snapshot.total + items.length - before.length);
    this.snapshot = { ...this.snapshot, items, total };
  }

  /** Waits twice as long each time in a burst, so that one burst of events is not one of requests. */
  private reloadSoon(): void {
    if (this.reloadTimer !== undefined) return;
    const isBurst = performance.now() - this.reloadedAt < 2 * this.reloadAfter;
    const first = this.spec.reloadAfter ?? RELOAD_FIRST;
    this.reloadAfter = isBurst ? Math.min(RELOAD_LONGEST, 2 * this.reloadAfter) : first;
    this.reloadTimer = setTimeout(() => {
      this.reloadTimer = undefined;
      this.reloadedAt = performance.now();
      void this.load();
    }, this.reloadAfter);
  }
}
