// SPDX-License-Identifier: Apache-2.0
// Tests of lists that live events keep up to date.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type Page } from '../src/api/client';
import { Collection, type Deps, type Snapshot, type Spec } from '../src/live/collection';
import { descending } from '../src/lib/merge';

interface Rec {
  id: number;
  complete?: boolean;
}

const spec: Spec<Rec> = {
  path: 'builds', plural: 'builds', id: 'id', topics: ['builds/*/*'], reloadOn: ['finished'], compare: descending('id'),
};

let answers: ((page: Page<Rec> | ApiError) => void)[];
let handler: (key: string, message: unknown) => void;
let acked: boolean;
let seen: Snapshot<Rec>[];

const deps: Deps<Rec> = {
  fetch: () => new Promise((resolve, reject) => {
    answers.push((answer) => (answer instanceof ApiError ? reject(answer) : resolve(answer)));
  }),
  subscribe: (_, h) => {
    handler = h;
    return () => {};
  },
  ready: () => Promise.resolve(),
  acked: () => acked,
};

const page = (...ids: number[]): Page<Rec> => ({ items: ids.map((id) => ({ id })), total: ids.length });
const ids = () => seen.at(-1)?.items?.map((r) => r.id);
const settle = () => vi.advanceTimersByTimeAsync(100);

function open(): Collection<Rec> {
  return new Collection(spec, deps, (snapshot) => seen.push(snapshot));
}

beforeEach(() => {
  vi.useFakeTimers();
  [answers, acked, seen] = [[], true, []];
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a collection', () => {
  it('shows what was fetched, then folds events in together', async () => {
    open();
    await settle();
    answers[0]!(page(2, 1));
    await settle();
    expect(ids()).toEqual([2, 1]);
    handler('builds/3/new', { id: 3 });
    handler('builds/4/new', { id: 4 });
    await settle();
    expect([ids(), seen.at(-1)?.total, seen.length]).toEqual([[4, 3, 2, 1], 4, 2]);
  });

  it('does not lose what comes while the answer is under way', async () => {
    open();
    await settle();
    handler('builds/3/new', { id: 3 });
    await settle();
    answers[0]!(page(2, 1));
    await settle();
    expect(ids()).toEqual([3, 2, 1]);
  });

  it('fetches again when the subscription was late', async () => {
    acked = false;
    open();
    await settle();
    answers[0]!(page(1));
    await settle();
    expect(answers).toHaveLength(2);
  });

  it('fetches again after events that do not carry the whole record', async () => {
    open();
    await settle();
    answers[0]!(page(1));
    await settle();
    handler('builds/1/finished', { id: 1, complete: true });
    await vi.advanceTimersByTimeAsync(400);
    expect(answers).toHaveLength(2);
  });

  it('takes no record from events that are never whole', async () => {
    new Collection({ ...spec, reloadOnly: true }, deps, (snapshot) => seen.push(snapshot));
    await settle();
    answers[0]!(page(1));
    await settle();
    handler('workers/1/state_updated', { id: 1, complete: true });
    handler('workers/2/connected', { id: 2 });
    await vi.advanceTimersByTimeAsync(400);
    expect([ids(), answers.length]).toEqual([[1], 2]);
  });

  it('keeps what it has when a later fetch fails, and says so', async () => {
    const collection = open();
    await settle();
    answers[0]!(page(1));
    await settle();
    void collection.load();
    answers[1]!(new ApiError('the server does not answer', 0));
    await settle();
    expect([ids(), seen.at(-1)?.error?.message]).toEqual([[1], 'the server does not answer']);
  });

  it('ignores messages that are no records, and everything once closed', async () => {
    const collection = open();
    await settle();
    answers[0]!(page(1));
    await settle();
    handler('builds/1/cancel', null);
    handler('builds/1/odd', { other: 1 });
    await settle();
    expect(ids()).toEqual([1]);
    const count = seen.length;
    void collection.load();
    collection.close();
    answers[1]!(page(5));
    await settle();
    expect(seen).toHaveLength(count);
  });
});

it('asks less and less often in a burst of events that are not whole, and quickly again after it', async () => {
  open();
  await settle();
  answers[0]!(page(1));
  await settle();
  for (let i = 0; i < 500; i++) {
    handler('builds/1/finished', { id: 1 });
    await vi.advanceTimersByTimeAsync(20);
    answers.at(-1)!(page(1));
  }
  expect(answers.length).toBeLessThanOrEqual(8);
  await vi.advanceTimersByTimeAsync(20_000);
  const before = answers.length;
  handler('builds/1/finished', { id: 1 });
  await vi.advanceTimersByTimeAsync(350);
  expect(answers.length).toBe(before + 1);
});
