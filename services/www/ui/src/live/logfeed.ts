// SPDX-License-Identifier: Apache-2.0
// Reads the blocks of a log that are looked at, two at a time; what is looked at no more is not waited for.
import { getPage, type ApiError } from '../api/client';
import type { LogChunk } from '../api/records';
import { LogBlocks, splitContent, type Range } from '../lib/logblocks';

export type FetchLines = (range: Range, signal: AbortSignal) => Promise<readonly string[]>;

/** `base` is the log's own path: "logs/7", or below its step. */
export function linesOf(base: string): FetchLines {
  return async (range, signal) => {
    const page = await getPage<LogChunk>(`${base}/contents`, 'logchunks', { ...range }, signal);
    return splitContent(page.items[0]?.content ?? '');
  };
}

/** Requests under way at once. */
const LANES = 2;

export class LogFeed {
  readonly blocks = new LogBlocks();
  error: ApiError | undefined;
  private total = 0;
  private wanted: readonly number[] = [];
  private readonly under = new Map<number, AbortController>();
  private closed = false;
  private readonly fetch: FetchLines;
  private readonly changed: () => void;

  constructor(fetch: FetchLines, changed: () => void) {
    this.fetch = fetch;
    this.changed = changed;
  }

  /** Says which lines are looked at in a log of so many; the first named come first. */
  want(numbers: readonly number[], total: number): void {
    this.total = total;
    this.wanted = numbers;
    this.blocks.touch(numbers);
    for (const [number, aborter] of this.under) {
      if (!numbers.includes(number)) aborter.abort();
    }
    this.pump();
  }

  retry(): void {
    this.error = undefined;
    this.pump();
  }

  close(): void {
    this.closed = true;
    for (const aborter of this.under.values()) aborter.abort();
  }

  private pump(): void {
    for (const number of this.wanted) {
      if (this.closed || this.error || this.under.size >= LANES) return;
      const range = this.under.has(number) ? null : this.blocks.missing(number, this.total);
      if (range) void this.read(number, range);
    }
  }

  private async read(number: number, range: Range): Promise<void> {
    const aborter = new AbortController();
    this.under.set(number, aborter);
    let got = 0;
    try {
      const lines = await this.fetch(range, aborter.signal);
      got = lines.length;
      this.blocks.put(range.offset, lines);
    } catch (error) {
      if (!aborter.signal.aborted) this.error = error as ApiError;
    }
    this.under.delete(number);
    if (this.closed) return;
    // What came just before it was given up may be wanted again by now.
    if (aborter.signal.aborted && got === 0) return this.pump();
    this.changed();
    // A server that says there is more, but sends nothing, must not be asked for ever.
    if (got > 0) this.pump();
  }
}

/** All lines of a range, from what is there and else from the server; at most `most` characters. */
export async function readLines(feed: LogFeed, fetch: FetchLines, from: number, to: number, most: number): Promise<readonly string[] | null> {
  const lines: string[] = [];
  let size = 0;
  while (from + lines.length <= to) {
    const next = from + lines.length;
    const known = feed.blocks.line(next);
    const more = known !== undefined ? [known] : await fetch({ offset: next, limit: Math.min(5000, to - next + 1) }, new AbortController().signal);
    if (more.length === 0) break;
    for (const line of more) {
      lines.push(line);
      size += line.length;
    }
    if (size > most) return null;
  }
  return lines;
}
