// SPDX-License-Identifier: Apache-2.0
// Tests of the window on a log.
import { describe, expect, it } from 'vitest';
import {
  addLines, earlierRange, emptyWindow, firstRange, followRange, KEEP, laterRange, PAGE, splitContent, splitStream, windowEnd,
  type LogWindow,
} from '../src/lib/logwindow';

const numbered = (first: number, count: number) => Array.from({ length: count }, (_, i) => `o${first + i}`);
const windowOf = (first: number, count: number, total: number): LogWindow => ({ first, lines: numbered(first, count), total });

describe('what to read', () => {
  it('reads the end of a long log first', () => expect(firstRange(100_000)).toEqual({ offset: 100_000 - PAGE, limit: PAGE }));
  it('reads all of a short one', () => expect(firstRange(7)).toEqual({ offset: 0, limit: 7 }));
  it('reads nothing of an empty one', () => expect(firstRange(0)).toBeNull());
  it('reads round a wanted line', () => expect(firstRange(100_000, 5000)).toEqual({ offset: 4750, limit: PAGE }));
  it('reads the end when the wanted line does not exist', () => expect(firstRange(10, 99)).toEqual({ offset: 0, limit: 10 }));
  it('goes earlier and later by pages', () => {
    expect(earlierRange(windowOf(700, 10, 2000))).toEqual({ offset: 200, limit: 500 });
    expect(earlierRange(windowOf(200, 10, 2000))).toEqual({ offset: 0, limit: 200 });
    expect(earlierRange(windowOf(0, 10, 2000))).toBeNull();
    expect(laterRange(windowOf(0, 10, 30))).toEqual({ offset: 10, limit: 20 });
    expect(laterRange(windowOf(0, 30, 30))).toBeNull();
  });
  it('follows line by line, and jumps when far behind', () => {
    expect(followRange(windowOf(0, 10, 12))).toEqual({ offset: 10, limit: 2 });
    expect(followRange(windowOf(0, 10, 50_000))).toEqual({ offset: 50_000 - PAGE, limit: PAGE });
    expect(followRange(windowOf(0, 10, 10))).toBeNull();
    expect(followRange({ ...emptyWindow, total: 3 })).toEqual({ offset: 0, limit: 3 });
  });
});

describe('addLines', () => {
  it('extends at either end', () => {
    const later = addLines(windowOf(10, 5, 15), 15, numbered(15, 2));
    expect([later.first, windowEnd(later), later.total]).toEqual([10, 17, 17]);
    const earlier = addLines(later, 5, numbered(5, 5));
    expect([earlier.first, earlier.lines[0], windowEnd(earlier)]).toEqual([5, 'o5', 17]);
  });
  it('takes each line once when pieces overlap', () => {
    const w = addLines(windowOf(10, 5, 15), 8, numbered(8, 10));
    expect(w.lines).toEqual(numbered(8, 10));
    expect(addLines(w, 9, numbered(9, 3)).lines).toEqual(w.lines);
  });
  it('is replaced by lines from elsewhere', () => {
    expect(addLines(windowOf(10, 5, 100), 50, numbered(50, 2))).toEqual(windowOf(50, 2, 100));
  });
  it('lets go of the end that is not read', () => {
    const grown = addLines(windowOf(0, KEEP, KEEP), KEEP, numbered(KEEP, 100));
    expect([grown.first, grown.lines.length, grown.lines[0]]).toEqual([100, KEEP, 'o100']);
    const back = addLines(grown, 0, numbered(0, 100));
    expect([back.first, back.lines.length, back.total]).toEqual([0, KEEP, KEEP + 100]);
  });
});

describe('lines', () => {
  it('splits content', () => {
    expect(splitContent('oa\n\nob\n')).toEqual(['oa', '', 'ob']);
    expect(splitContent('')).toEqual([]);
  });
  it('splits the stream off', () => {
    expect(splitStream('eoops', 's')).toEqual({ stream: 'err', text: 'oops' });
    expect(splitStream('hmake', 's')).toEqual({ stream: 'head', text: 'make' });
    expect(splitStream('', 's')).toEqual({ stream: 'out', text: '' });
    expect(splitStream('eoops', 't')).toEqual({ stream: 'out', text: 'eoops' });
  });
});
