// SPDX-License-Identifier: Apache-2.0
// Tests of what summaries of builders say.
import { describe, expect, it } from 'vitest';
import type { BuilderSummary } from '../src/api/records';
import { byUrgency, failingSince, healthPercent, healthStatus, progressOf } from '../src/lib/summaries';
import { blockOf } from '../src/live/summaries';
import { filterBuilders, linkOf, readFilter, turnTag } from '../src/lib/builderfilter';

/** Results from the newest build (number 9) on; null for one that runs. */
const summary = (results: readonly (number | null)[], more: Partial<BuilderSummary> = {}): BuilderSummary => ({
  builderid: 1, name: 'app', tags: [], projectid: null, active: true, running: results.filter((r) => r === null).length, pending: 0,
  usual_duration_s: null,
  last_builds: results.map((r, i) => ({
    buildid: 90 - i, number: 9 - i, results: r, started_at: 100, complete_at: r === null ? null : 200, state_string: '',
  })),
  ...more,
});

describe('health', () => {
  it('is the newest result that says something about the code', () => {
    expect(healthStatus(summary([null, 6, 3, 2, 0]))).toBe('failure');
    expect(healthStatus(summary([5, 1]))).toBe('warnings');
    expect(healthStatus(summary([null]))).toBe('unknown');
  });
  it('counts good ones among those that say something', () => {
    expect(healthPercent(summary([0, 1, 2, 4, 6, null]))).toBe(50);
    expect(healthPercent(summary([6, null]))).toBeUndefined();
  });
  it('fails since the first after the last good one', () => {
    expect(failingSince(summary([null, 2, 6, 4, 0, 2]))?.number).toBe(6);
    expect(failingSince(summary([0, 2]))).toBeUndefined();
    expect(failingSince(summary([2, 2]))?.number).toBe(8);
  });
});

it('shows what fails first, then what runs, then by name', () => {
  const list = [summary([0], { name: 'b' }), summary([null, 0], { name: 'c' }), summary([2], { name: 'd' }), summary([0], { name: 'a' })];
  expect(list.sort(byUrgency).map((s) => s.name)).toEqual(['d', 'c', 'a', 'b']);
});

it('judges progress by what is usual, where anything is', () => {
  expect(progressOf(100, 60, 130)).toBe(0.5);
  expect(progressOf(100, 60, 999)).toBe(1);
  expect([progressOf(100, null, 130), progressOf(100, 0, 130)]).toEqual([undefined, undefined]);
});

it('asks for whole blocks', () => {
  const items = Array.from({ length: 60 }, (_, i) => i);
  expect(blockOf(items, 3, 12)).toHaveLength(25);
  expect(blockOf(items, 24, 25)).toHaveLength(50);
  expect(blockOf(items, 55, 59)).toEqual(items.slice(50));
});

describe('the filter of builders', () => {
  const builder = (name: string, tags: string[], more = {}) => ({
    builderid: 1, name, tags, masterids: [1], description: null, description_format: null, description_html: null, projectid: null, ...more,
  });
  const all = [builder('b10', ['x']), builder('b9', ['x', 'y']), builder('gone', ['x'], { masterids: [] })];
  const names = (query: string) => filterBuilders(all, readFilter(new URLSearchParams(query))).map((b) => b.name);
  it('takes and leaves tags, as Buildbot writes them too', () => {
    expect(names('tags=x')).toEqual(['b9', 'b10']);
    expect(names('tags=x,-y')).toEqual(['b10']);
    expect(names('tags=%2By')).toEqual(['b9']);
    expect(names('old=1&q=GO')).toEqual(['gone']);
  });
  it('turns a tag on, against, and off', () => {
    expect([turnTag([], 'x'), turnTag(['x'], 'x'), turnTag(['-x'], 'x')]).toEqual([['x'], ['-x'], []]);
  });
  it('is in the address', () => {
    const filter = readFilter(new URLSearchParams(linkOf({ text: 'a b', tags: ['x', '-y'], projectid: 3, old: true }).split('?')[1]));
    expect(filter).toEqual({ text: 'a b', tags: ['x', '-y'], projectid: 3, old: true });
  });
});
