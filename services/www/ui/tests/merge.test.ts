// SPDX-License-Identifier: Apache-2.0
// Tests of folding live records into lists, and of topics.
import { describe, expect, it } from 'vitest';
import { descending, groupBy, matchesTopic, mergeRecord } from '../src/lib/merge';

interface Rec {
  id: number;
  done?: boolean;
  text?: string;
  properties?: Record<string, [unknown, string]>;
}

describe('mergeRecord', () => {
  it('adds in order and cuts', () => {
    const rules = { id: 'id' as const, compare: descending<Rec>('id'), limit: 2 };
    expect(mergeRecord<Rec>([{ id: 2 }, { id: 1 }], { id: 3 }, rules).map((r) => r.id)).toEqual([3, 2]);
  });
  it('replaces in place', () => {
    const merged = mergeRecord<Rec>([{ id: 2, text: 'old' }, { id: 1 }], { id: 2, text: 'new' }, { id: 'id' });
    expect(merged).toEqual([{ id: 2, text: 'new' }, { id: 1 }]);
  });
  it('takes out what no longer belongs', () => {
    const rules = { id: 'id' as const, accept: (r: Rec) => !r.done };
    expect(mergeRecord<Rec>([{ id: 1 }], { id: 1, done: true }, rules)).toEqual([]);
    expect(mergeRecord<Rec>([{ id: 1 }], { id: 2, done: true }, rules)).toEqual([{ id: 1 }]);
  });
  it('keeps properties that an event leaves empty', () => {
    const old: Rec = { id: 1, properties: { branch: ['main', 'Change'] } };
    expect(mergeRecord([old], { id: 1, properties: {} }, { id: 'id' })[0]?.properties).toEqual(old.properties);
    const fresh: Rec = { id: 1, properties: { branch: ['dev', 'Change'] } };
    expect(mergeRecord([old], fresh, { id: 'id' })[0]?.properties).toEqual(fresh.properties);
  });
});

it('matches topics of equal length', () => {
  expect(matchesTopic('builds/*/*', 'builds/7/new')).toBe(true);
  expect(matchesTopic('builds/*/*', 'builds/7/properties/update')).toBe(false);
  expect(matchesTopic('builds/7/*', 'builds/8/new')).toBe(false);
});

it('groups in the order of first appearance', () => {
  expect([...groupBy([3, 1, 5, 2], (n) => n % 2)]).toEqual([[1, [3, 1, 5]], [0, [2]]]);
});
