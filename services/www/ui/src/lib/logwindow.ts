// SPDX-License-Identifier: Apache-2.0
// The part of a log that is in the browser: a run of consecutive lines, never the whole of a huge log.
//
// Line numbers count from 0, as in the API; people see them from 1.

export interface LogWindow {
  first: number;
  lines: readonly string[];
  /** Lines that the server is known to have. */
  total: number;
}

export interface Range {
  offset: number;
  limit: number;
}

/** Lines asked for at once. */
export const PAGE = 500;
/** Lines kept at most; beyond it the end that is not being read is let go. */
export const KEEP = 4000;
/** A follower that is further behind jumps to the end instead of reading everything between. */
const JUMP = 2000;

export const emptyWindow: LogWindow = { first: 0, lines: [], total: 0 };

export function windowEnd(w: LogWindow): number {
  return w.first + w.lines.length;
}

/** What to read first: round the wanted line, else the end. */
export function firstRange(total: number, line?: number): Range | null {
  if (total <= 0) return null;
  if (line === undefined || line >= total) {
    const offset = Math.max(0, total - PAGE);
    return { offset, limit: total - offset };
  }
  const offset = Math.max(0, line - Math.floor(PAGE / 2));
  return { offset, limit: Math.min(PAGE, total - offset) };
}

export function earlierRange(w: LogWindow): Range | null {
  if (w.first <= 0 || w.lines.length === 0) return null;
  const offset = Math.max(0, w.first - PAGE);
  return { offset, limit: w.first - offset };
}

export function laterRange(w: LogWindow): Range | null {
  const end = windowEnd(w);
  if (end >= w.total) return null;
  return { offset: end, limit: Math.min(PAGE, w.total - end) };
}

/** What a follower reads next; when far behind, the last lines only. */
export function followRange(w: LogWindow): Range | null {
  const behind = w.total - windowEnd(w);
  if (behind <= 0) return null;
  return w.lines.length === 0 || behind > JUMP ? firstRange(w.total) : laterRange(w);
}

/** The lines of a chunk's content, which ends with a newline. */
export function splitContent(content: string): string[] {
  if (content === '') return [];
  const lines = content.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}

/**
 * Adds lines that begin at `first`. Lines that touch the window extend it at that end (and the far end is cut
 * when there are too many); lines elsewhere replace it.
 */
export function addLines(w: LogWindow, first: number, lines: readonly string[]): LogWindow {
  if (lines.length === 0) return w;
  const end = first + lines.length;
  const total = Math.max(w.total, end);
  if (w.lines.length === 0 || first > windowEnd(w) || end < w.first) return { first, lines, total };
  const before = first < w.first ? lines.slice(0, w.first - first) : [];
  const after = end > windowEnd(w) ? lines.slice(lines.length - (end - windowEnd(w))) : [];
  const all = [...before, ...w.lines, ...after];
  const start = Math.min(first, w.first);
  if (all.length <= KEEP) return { first: start, lines: all, total };
  if (after.length > 0) return { first: start + all.length - KEEP, lines: all.slice(-KEEP), total };
  return { first: start, lines: all.slice(0, KEEP), total };
}

export function withTotal(w: LogWindow, total: number): LogWindow {
  return total > w.total ? { ...w, total } : w;
}

export type Stream = 'out' | 'err' | 'head' | 'in';

const STREAMS: Record<string, Stream> = { o: 'out', e: 'err', h: 'head', i: 'in' };

/** Splits the stream's letter off a line of a log of type s; other logs have none. */
export function splitStream(line: string, type: string): { stream: Stream; text: string } {
  if (type !== 's') return { stream: 'out', text: line };
  return { stream: STREAMS[line[0] ?? 'o'] ?? 'out', text: line.slice(1) };
}
