// SPDX-License-Identifier: Apache-2.0
// Tests of what the console and the grid are made of: lines of builds, and groups of builders.
import { describe, expect, it } from 'vitest';
import type { Build, Builder, Change } from '../src/api/records';
import { branchesOf, linesOf, revisionsOf } from '../src/lib/revisions';
import { worst } from '../src/lib/results';
import { groupByTags, headRows } from '../src/lib/taggroups';

const build = (buildid: number, builderid: number, properties: Record<string, unknown>, started_at = buildid) =>
  ({ buildid, builderid, started_at, properties: Object.fromEntries(Object.entries(properties).map(([k, v]) => [k, [v, 'Build']])) }) as unknown as Build;
const change = (changeid: number, revision: string, when_timestamp = changeid) => ({ changeid, revision, when_timestamp, branch: 'main' }) as Change;

describe('revisions of a build', () => {
  it('are what it got, else what was asked for', () => {
    expect(revisionsOf(build(1, 1, { revision: 'HEAD', got_revision: 'abc' }))).toEqual(['abc']);
    expect(revisionsOf(build(1, 1, { revision: 'abc' }))).toEqual(['abc']);
    expect(revisionsOf(build(1, 1, { got_revision: { app: 'abc', lib: 'def' } }))).toEqual(['abc', 'def']);
    expect(revisionsOf(build(1, 1, {}))).toEqual([]);
  });
});

describe('lines', () => {
  it('have each change with its builds, the newest first', () => {
    const lines = linesOf([change(1, 'a'), change(2, 'b')], [build(1, 7, { revision: 'a' }), build(2, 7, { revision: 'a' }), build(3, 8, { revision: 'b' })], 9);
    expect(lines.map((l) => l.revision)).toEqual(['b', 'a']);
    expect(lines[1]?.builds.get(7)?.map((b) => b.buildid)).toEqual([2, 1]);
  });
  it('tell of revisions that no change source told of, unless they are older than all changes', () => {
    const lines = linesOf([change(1, 'a', 100)], [build(1, 7, { revision: 'old' }, 50), build(2, 7, { revision: 'new', branch: 'topic' }, 150)], 9);
    expect(lines.map((l) => [l.revision, l.branch, l.change?.changeid])).toEqual([['new', 'topic', undefined], ['a', 'main', 1]]);
  });
  it('are as many as asked for', () => {
    expect(linesOf([change(1, 'a'), change(2, 'b'), change(3, 'c')], [], 2).map((l) => l.revision)).toEqual(['c', 'b']);
  });
  it('are branches by their newest build, too', () => {
    const lines = branchesOf([build(1, 7, { branch: 'main' }), build(3, 7, { branch: 'topic' }), build(2, 8, { branch: 'main' })], 9);
    expect(lines.map((l) => [l.branch, [...l.builds.keys()]])).toEqual([['topic', [7]], ['main', [8, 7]]]);
  });
});

describe('groups of tags', () => {
  const builder = (name: string, ...tags: string[]) => ({ builderid: name.length, name, tags }) as Builder;
  it('nest, the widest tag first', () => {
    const columns = groupByTags([builder('a', 'x', 'y'), builder('b', 'z'), builder('c', 'x'), builder('d', 'x', 'y')]);
    expect(columns.map((c) => [c.builder.name, c.path.join('/')])).toEqual([['a', 'x/y'], ['d', 'x/y'], ['c', 'x'], ['b', '']]);
    expect(headRows(columns)).toEqual([
      [{ tag: 'x', path: 'x', span: 3 }, { tag: undefined, path: '', span: 1 }],
      [{ tag: 'y', path: 'x/y', span: 2 }, { tag: undefined, path: 'x', span: 1 }, { tag: undefined, path: '', span: 1 }],
    ]);
  });
  it('are not made of a tag that all have', () => {
    expect(headRows(groupByTags([builder('a', 'x'), builder('b', 'x')]))).toEqual([]);
  });
});

it('tells several results as the worst', () => {
  expect([worst(['success', 'failure', 'running']), worst(['skipped', 'success']), worst([])]).toEqual(['failure', 'success', 'unknown']);
});
