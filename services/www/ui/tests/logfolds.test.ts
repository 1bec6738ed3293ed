// SPDX-License-Identifier: Apache-2.0
// Tests of groups, and of which lines are rows when some are folded.
import { describe, expect, it } from 'vitest';
import { endOf, groupsOf, markOf, Rows, type MarkedLine } from '../src/lib/logfolds';

describe('markOf', () => {
  it('knows the marks of GitHub and Azure', () => {
    expect(markOf('::group::Install \x1b[1mthings\x1b[0m')).toEqual({ kind: 'start', name: '', title: 'Install things' });
    expect(markOf('##[group]Run make')).toEqual({ kind: 'start', name: '', title: 'Run make' });
    expect(markOf('::endgroup::')?.kind).toBe('end');
    expect(markOf('##[endgroup]')?.kind).toBe('end');
  });
  it('knows those of GitLab', () => {
    expect(markOf('\x1b[0Ksection_start:1560896352:build_it[collapsed=true]\r\x1b[0K\x1b[36;1mBuild\x1b[0;m')).toEqual({ kind: 'start', name: 'build_it', title: 'Build' });
    expect(markOf('section_start:1:a\r\x1b[0K')).toEqual({ kind: 'start', name: 'a', title: 'a' });
    expect(markOf('section_end:1560896353:build_it\r\x1b[0K')).toMatchObject({ kind: 'end', name: 'build_it' });
  });
  it('knows nothing else', () => {
    for (const line of ['', 'make', 'echo ::group::x', 'a ##[group]', 'section_start', 'std::group::x']) expect(markOf(line)).toBeUndefined();
  });
});

const marked = (...lines: [number, string][]): MarkedLine[] => lines.map(([line, text]) => ({ line, mark: markOf(text)! }));

it('finds the end of a group, past those within it', () => {
  const marks = marked([5, '::group::b'], [8, '::endgroup::'], [12, '::endgroup::']);
  expect(endOf('', marks)).toBe(12);
  expect(endOf('', marks.slice(0, 2))).toBeUndefined();
  expect(groupsOf(marked([2, '::group::a'], [5, 'section_start:1:s\r'], [9, 'section_end:2:s\r'], [12, '::endgroup::'], [20, '::group::z']), 30))
    .toEqual([{ from: 2, to: 12 }, { from: 5, to: 9 }, { from: 20, to: 29 }]);
});

describe('Rows', () => {
  const rows = new Rows([{ from: 10, to: 19 }, { from: 30, to: 30_000 }, { from: 12, to: 14 }]);
  it('hides all but the first line of what is folded', () => {
    expect(rows.count(40_000)).toBe(40_000 - 9 - 29_970);
    expect([9, 10, 11, 20, 21, 22].map((row) => rows.line(row))).toEqual([9, 10, 20, 29, 30, 30_001]);
    expect([9, 10, 15, 19, 20, 30, 500, 30_001].map((line) => rows.row(line))).toEqual([9, 10, 10, 10, 11, 21, 21, 22]);
    for (const row of [0, 10, 11, 21, 22, 5000]) expect(rows.row(rows.line(row))).toBe(row);
  });
  it('opens what hides a line', () => {
    expect([rows.hides(10), rows.hides(13), rows.hides(19), rows.hides(20)]).toEqual([false, true, true, false]);
    expect(rows.showing(13).folds).toEqual([{ from: 30, to: 30_000 }]);
    expect(rows.showing(17).folds).toEqual([{ from: 12, to: 14 }, { from: 30, to: 30_000 }]);
    expect(rows.showing(20)).toBe(rows);
  });
  it('folds and unfolds', () => {
    const one = new Rows([]).with({ from: 3, to: 5 });
    expect([one.count(10), one.folded(3), one.folded(4)]).toEqual([8, { from: 3, to: 5 }, undefined]);
    expect(one.without(3).count(10)).toBe(10);
  });
});
