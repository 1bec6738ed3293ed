// SPDX-License-Identifier: Apache-2.0
// All lists on screen, each once however many components show it, and what those that left the screen held: going back to
// a page shows the old content at once, and fetches it anew.
import { queryString } from '../api/client';
import { Collection, type Deps, type Snapshot, type Spec } from './collection';

/** Two specs with the same key ask for the same; rules such as `accept` may be new closures each time. */
export function specKey<T>(spec: Spec<T>): string {
  return `${spec.path}${queryString(spec.query ?? {})} ${spec.topics?.join(' ') ?? ''}`;
}

export interface Held {
  reload: () => void;
  release: () => void;
}

interface Entry {
  collection: Collection<object>;
  snapshot: Snapshot<object> | undefined;
  listeners: Set<(snapshot: Snapshot<object>) => void>;
  unwatch: () => void;
  /** Runs while nobody shows the list any more. */
  closing: ReturnType<typeof setTimeout> | undefined;
}

interface Left {
  snapshot: Snapshot<object>;
  at: number;
  /** Nothing can have changed since: it is shown without being fetched again. */
  settled: boolean;
}

/** The next page may show the same list: it stays live for so long after it has left the screen, in ms. */
const LINGER = 2000;
/** What left the screen is kept for so long, in ms, and so many lists of it; long lists count for more. */
const KEPT_FOR = 10 * 60_000;
const KEPT_LISTS = 60;
const KEPT_RECORDS = 20_000;

export class Store {
  private readonly entries = new Map<string, Entry>();
  /** The least recently left first. */
  private readonly left = new Map<string, Left>();
  private readonly deps: Deps<object>;
  private readonly onRefresh: (refresh: () => void) => () => void;

  constructor(deps: Deps<object>, onRefresh: (refresh: () => void) => () => void) {
    this.deps = deps;
    this.onRefresh = onRefresh;
  }

  /** What is known now, without asking anybody. */
  peek<T extends object>(key: string): Snapshot<T> | undefined {
    return (this.entries.get(key)?.snapshot ?? this.remembered(key)) as Snapshot<T> | undefined;
  }

  /**
   * Hands over what another answer held of a list, to be shown as soon as somebody asks for it. `settled` says that it
   * will not change by itself any more: then it is not fetched again.
   */
  prime<T extends object>(spec: Spec<T>, items: readonly T[], settled: boolean): void {
    const key = specKey(spec);
    if (this.entries.has(key)) return;
    const snapshot = { items: [...items], total: items.length, error: undefined };
    this.left.delete(key);
    this.left.set(key, { snapshot, at: Date.now(), settled });
    this.forget();
  }

  /** Keeps a list up to date until it is released. `changed` is called with what is there already. */
  hold<T extends object>(spec: Spec<T>, changed: (snapshot: Snapshot<T>) => void): Held {
    const key = specKey(spec);
    const listener = changed as (snapshot: Snapshot<object>) => void;
    const entry = this.entries.get(key) ?? this.open(key, spec as unknown as Spec<object>);
    clearTimeout(entry.closing);
    entry.listeners.add(listener);
    if (entry.snapshot) listener(entry.snapshot);
    return { reload: () => void entry.collection.load(), release: () => this.release(key, entry, listener) };
  }

  private open(key: string, spec: Spec<object>): Entry {
    const before = this.remembered(key);
    const settled = this.left.get(key)?.settled ?? false;
    this.left.delete(key);
    const entry: Entry = { collection: undefined!, snapshot: before, listeners: new Set(), unwatch: () => {}, closing: undefined };
    entry.collection = new Collection(spec, this.deps, (snapshot) => tell(entry, snapshot), before, settled);
    entry.unwatch = this.onRefresh(() => void entry.collection.load());
    this.entries.set(key, entry);
    return entry;
  }

  private release(key: string, entry: Entry, listener: (snapshot: Snapshot<object>) => void): void {
    if (!entry.listeners.delete(listener) || entry.listeners.size > 0) return;
    const isSound = entry.snapshot?.items !== undefined && !entry.snapshot.error;
    if (isSound) entry.closing = setTimeout(() => this.close(key, entry), LINGER);
    else this.close(key, entry);
  }

  private close(key: string, entry: Entry): void {
    clearTimeout(entry.closing);
    entry.unwatch();
    entry.collection.close();
    this.entries.delete(key);
    if (entry.snapshot?.items) this.left.set(key, { snapshot: { ...entry.snapshot, error: undefined }, at: Date.now(), settled: false });
    this.forget();
  }

  private remembered(key: string): Snapshot<object> | undefined {
    const left = this.left.get(key);
    return left && Date.now() - left.at < KEPT_FOR ? left.snapshot : undefined;
  }

  private forget(): void {
    let records = 0;
    for (const { snapshot } of this.left.values()) records += snapshot.items?.length ?? 0;
    for (const [key, { snapshot, at }] of this.left) {
      const isWithin = this.left.size <= KEPT_LISTS && records <= KEPT_RECORDS;
      if (isWithin && Date.now() - at < KEPT_FOR) break;
      records -= snapshot.items?.length ?? 0;
      this.left.delete(key);
    }
  }

  /** How many lists are on screen, and how many are remembered. */
  get size(): { held: number; left: number } {
    return { held: this.entries.size, left: this.left.size };
  }

  /** Somebody else is signed in: what the one before saw is nobody's now. */
  clear(): void {
    for (const [key, entry] of this.entries) if (entry.listeners.size === 0) this.close(key, entry);
    this.left.clear();
  }
}

function tell(entry: Entry, snapshot: Snapshot<object>): void {
  entry.snapshot = snapshot;
  for (const listener of [...entry.listeners]) listener(snapshot);
}
