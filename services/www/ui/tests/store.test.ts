// SPDX-License-Identifier: Apache-2.0
// Tests of the lists that pages share and leave behind.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Deps, Snapshot, Spec } from '../src/live/collection';
import { specKey, Store } from '../src/live/store';

interface Rec {
  id: number;
}

const spec = (path: string): Spec<Rec> => ({ path, plural: 'builds', id: 'id', topics: [] });

let asked: string[];
let answers: Record<string, Rec[]>;
let store: Store;
let refreshers: Set<() => void>;
const texts: string[] = [];

const deps: Deps<object> = {
  fetch: (each) => {
    asked.push(each.path);
    return new Promise((resolve) => setTimeout(() => resolve({ items: answers[each.path] ?? [], total: 0 }), 50));
  },
  subscribe: () => () => {},
  ready: () => Promise.resolve(),
  acked: () => true,
};

const show = (name: string) => (snapshot: Snapshot<Rec>) => texts.push(`${name} ${snapshot.items?.map((r) => r.id).join(',')}`);
const settle = () => vi.advanceTimersByTimeAsync(100);

beforeEach(() => {
  vi.useFakeTimers();
  [asked, answers, refreshers] = [[], { a: [{ id: 1 }], b: [{ id: 2 }] }, new Set()];
  texts.length = 0;
  store = new Store(deps, (refresh) => {
    refreshers.add(refresh);
    return () => refreshers.delete(refresh);
  });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the store', () => {
  it('asks once for a list that two show', async () => {
    store.hold(spec('a'), show('one'));
    await settle();
    store.hold(spec('a'), show('two'));
    expect([asked, texts]).toEqual([['a'], ['one 1', 'two 1']]);
  });

  it('keeps a list live for the next page', async () => {
    const held = store.hold(spec('a'), show('one'));
    await settle();
    held.release();
    await vi.advanceTimersByTimeAsync(1000);
    store.hold(spec('a'), show('two'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect([asked, store.size]).toEqual([['a'], { held: 1, left: 0 }]);
  });

  it('shows what was left at once, and then what is', async () => {
    const held = store.hold(spec('a'), show('one'));
    await settle();
    held.release();
    await vi.advanceTimersByTimeAsync(5000);
    expect([store.size, refreshers.size]).toEqual([{ held: 0, left: 1 }, 0]);
    expect(store.peek(specKey(spec('a')))?.items).toEqual([{ id: 1 }]);
    answers.a = [{ id: 3 }];
    store.hold(spec('a'), show('two'));
    await settle();
    expect(texts).toEqual(['one 1', 'two 1', 'two 3']);
  });

  it('forgets after ten minutes, and whatever is too much', async () => {
    const leave = async (path: string) => {
      const held = store.hold(spec(path), () => {});
      await settle();
      held.release();
      await vi.advanceTimersByTimeAsync(3000);
    };
    await leave('a');
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(store.peek(specKey(spec('a')))).toBeUndefined();
    answers.long = Array.from({ length: 25_000 }, (_, id) => ({ id }));
    await leave('long');
    expect(store.size.left).toBe(0);
    for (let i = 0; i < 70; i++) await leave(`list ${i}`);
    expect(store.size.left).toBe(60);
  });

  it('forgets what somebody else saw', async () => {
    const held = store.hold(spec('a'), show('one'));
    await settle();
    held.release();
    store.clear();
    expect([store.peek(specKey(spec('a'))), store.size]).toEqual([undefined, { held: 0, left: 0 }]);
  });

  it('shows what another answer held, and asks only for what may have changed since', async () => {
    store.prime(spec('a'), [{ id: 7 }], true);
    store.prime(spec('b'), [{ id: 8 }], false);
    store.hold(spec('a'), show('over'));
    store.hold(spec('b'), show('open'));
    expect(texts).toEqual(['over 7', 'open 8']);
    await settle();
    expect([asked, texts.slice(2)]).toEqual([['b'], ['open 2']]);
  });

  it('asks again for what was handed over when everything may be stale', async () => {
    store.prime(spec('a'), [{ id: 7 }], true);
    store.hold(spec('a'), show('over'));
    for (const refresh of refreshers) refresh();
    await settle();
    expect([asked, texts]).toEqual([['a'], ['over 7', 'over 1']]);
  });

  it('does not overwrite what is on screen', async () => {
    store.hold(spec('a'), show('one'));
    await settle();
    store.prime(spec('a'), [{ id: 7 }], true);
    store.hold(spec('a'), show('two'));
    expect(texts.at(-1)).toBe('two 1');
  });
});
