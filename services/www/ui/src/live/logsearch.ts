// SPDX-License-Identifier: Apache-2.0
// Searches in a log, by the server: the next match, how many there are, and where they are in the lines on screen.
import { getMeta, type Query } from '../api/client';
import type { LogMatch } from '../api/records';
import { BLOCK } from '../lib/logblocks';

export interface LogQuery {
  q: string;
  regex: boolean;
  exact: boolean;
}

export type Direction = 'forward' | 'backward';

interface Answer {
  items: LogMatch[];
  meta: { next: number | null };
}

export type FetchMatches = (query: Query, signal?: AbortSignal) => Promise<Answer>;

export function matchesOf(base: string): FetchMatches {
  return (query, signal) => getMeta<LogMatch, Answer['meta']>(`${base}/search`, 'logmatches', query, signal);
}

export const asQuery = ({ q, regex, exact }: LogQuery): Query => ({ q, regex: regex || undefined, case: exact || undefined });

/** The nearest match from a line on; the answers of a long log come in parts. */
export async function nearest(
  fetch: FetchMatches, query: Query, from: number, direction: Direction, signal?: AbortSignal,
): Promise<number | undefined> {
  let at: number | null = from;
  while (at !== null && at >= 0) {
    const answer: Answer = await fetch({ ...query, from: at, direction, limit: 1 }, signal);
    if (answer.items[0]) return answer.items[0].line;
    at = answer.meta.next;
  }
  return undefined;
}

/** The next match, beginning anew at the other end when there is none; `wrapped` tells so. */
export async function nextMatch(
  fetch: FetchMatches, query: Query, from: number, total: number, direction: Direction, signal?: AbortSignal,
): Promise<{ line: number; wrapped: boolean } | undefined> {
  const ahead = direction === 'forward' ? from + 1 : from - 1;
  const found = ahead < 0 || ahead >= total ? undefined : await nearest(fetch, query, ahead, direction, signal);
  if (found !== undefined) return { line: found, wrapped: false };
  const again = await nearest(fetch, query, direction === 'forward' ? 0 : total - 1, direction, signal);
  return again === undefined ? undefined : { line: again, wrapped: true };
}

/** Matching lines that are counted at most. */
export const COUNTED = 5000;

export interface Counted {
  /** Matching lines in order, from the log's begin to `to`. */
  lines: readonly number[];
  /** Whether all of the log was looked at. */
  whole: boolean;
}

/** Counts, telling of each part as it comes. */
export async function countMatches(fetch: FetchMatches, query: Query, tell: (counted: Counted) => void, signal: AbortSignal): Promise<void> {
  const lines: number[] = [];
  let at: number | null = 0;
  while (at !== null && lines.length < COUNTED && !signal.aborted) {
    const answer: Answer = await fetch({ ...query, from: at, limit: 1000 }, signal);
    for (const match of answer.items) lines.push(match.line);
    at = answer.meta.next;
    tell({ lines: [...lines], whole: at === null });
  }
}

/** Which of the counted lines this is, from 1; 0: none, as far as is known. */
export function ordinal(counted: Counted, line: number | undefined): number {
  if (line === undefined) return 0;
  let low = 0;
  let high = counted.lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (counted.lines[middle]! < line) low = middle + 1;
    else high = middle;
  }
  return counted.lines[low] === line ? low + 1 : 0;
}

/** The places of matches in lines on screen, asked for by block. */
export class Highlights {
  private readonly blocks = new Map<number, Map<number, readonly number[]>>();
  private readonly asked = new Set<number>();
  private readonly aborter = new AbortController();
  private readonly fetch: FetchMatches;
  private readonly query: Query;
  private readonly changed: () => void;

  constructor(fetch: FetchMatches, query: Query, changed: () => void) {
    this.fetch = fetch;
    this.query = query;
    this.changed = changed;
  }

  spans(line: number): readonly number[] | undefined {
    return this.blocks.get(Math.floor(line / BLOCK))?.get(line);
  }

  /** Blocks on screen; one that is growing is asked for again when it has. */
  want(numbers: readonly number[], total: number): void {
    for (const number of numbers) {
      const end = Math.min((number + 1) * BLOCK, total);
      const key = number * (BLOCK + 1) + (end - number * BLOCK);
      if (this.asked.has(key)) continue;
      this.asked.add(key);
      void this.read(number, end);
    }
  }

  close(): void {
    this.aborter.abort();
  }

  private async read(number: number, end: number): Promise<void> {
    try {
      const answer = await this.fetch({ ...this.query, from: number * BLOCK, to: end - 1, limit: BLOCK }, this.aborter.signal);
      this.blocks.set(number, new Map(answer.items.map((match) => [match.line, match.spans])));
      if (!this.aborter.signal.aborted) this.changed();
    } catch {
      // The search itself says what is wrong; lines without colours can be read.
    }
  }
}
