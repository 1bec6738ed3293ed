// SPDX-License-Identifier: Apache-2.0
// Reads a log in pieces: its end first, earlier and later parts on demand, new lines as they come.
import { getPage, type ApiError } from '../api/client';
import type { Log, LogChunk } from '../api/records';
import {
  addLines, earlierRange, emptyWindow, firstRange, followRange, laterRange, splitContent, windowEnd, withTotal,
  type LogWindow, type Range,
} from '../lib/logwindow';

export interface FeedState {
  window: LogWindow;
  /** New lines are fetched as they come; off while an earlier part is being read. */
  following: boolean;
  /** The first piece has been read (or there is none yet). */
  loaded: boolean;
  error: ApiError | undefined;
}

type FetchChunk = (logid: number, range: Range, signal: AbortSignal) => Promise<string>;

async function fetchChunk(logid: number, range: Range, signal: AbortSignal): Promise<string> {
  const page = await getPage<LogChunk>(`logs/${logid}/contents`, 'logchunks', { ...range }, signal);
  return page.items[0]?.content ?? '';
}

export class LogFeed {
  private state: FeedState;
  private current: Promise<void> | null = null;
  private readonly aborter = new AbortController();
  private readonly logid: number;
  private readonly line: number | undefined;
  private readonly changed: (state: FeedState) => void;
  private readonly fetch: FetchChunk;

  /** `line` (from 0) is where to open the log; without it, its end. */
  constructor(logid: number, line: number | undefined, changed: (state: FeedState) => void, fetch = fetchChunk) {
    this.logid = logid;
    this.line = line;
    this.changed = changed;
    this.fetch = fetch;
    this.state = { window: emptyWindow, following: line === undefined, loaded: false, error: undefined };
  }

  close(): void {
    this.aborter.abort();
  }

  /** Tells of the log as it is now known: first at the start, then with every event. */
  update(log: Log): void {
    this.state = { ...this.state, window: withTotal(this.state.window, log.num_lines) };
    if (log.num_lines === 0) this.state.loaded = true;
    this.changed(this.state);
    void this.pump();
  }

  follow(following: boolean): void {
    if (this.state.following === following) return;
    this.state = { ...this.state, following };
    this.changed(this.state);
    void this.pump();
  }

  earlier(): Promise<void> {
    return this.read(earlierRange(this.state.window));
  }

  later(): Promise<void> {
    return this.read(laterRange(this.state.window));
  }

  /** Drops what is loaded and reads the beginning or the end. */
  async jump(to: 'start' | 'end'): Promise<void> {
    await this.current;
    const { total } = this.state.window;
    this.state = { ...this.state, window: { ...emptyWindow, total }, following: to === 'end' };
    await this.read(firstRange(total, to === 'start' ? 0 : undefined));
    void this.pump();
  }

  retry(): void {
    this.state = { ...this.state, error: undefined };
    void this.pump();
  }

  /** Reads until nothing is missing; at most one request is under way. */
  private async pump(): Promise<void> {
    while (!this.current && !this.state.error && !this.aborter.signal.aborted) {
      const range = this.state.loaded ? this.nextFollowed() : firstRange(this.state.window.total, this.line);
      if (!range) return;
      const end = windowEnd(this.state.window);
      await this.read(range);
      // A server that says there is more, but sends nothing, must not be asked for ever.
      if (windowEnd(this.state.window) === end) return;
    }
  }

  private nextFollowed(): Range | null {
    return this.state.following ? followRange(this.state.window) : null;
  }

  private async read(range: Range | null): Promise<void> {
    if (!range || this.current) return;
    this.current = this.readNow(range);
    await this.current;
    if (!this.aborter.signal.aborted) this.changed(this.state);
  }

  private async readNow(range: Range): Promise<void> {
    try {
      const content = await this.fetch(this.logid, range, this.aborter.signal);
      const lines = splitContent(content);
      const window = addLines(this.state.window, range.offset, lines);
      this.state = { ...this.state, window, loaded: true, error: undefined };
    } catch (error) {
      if (!this.aborter.signal.aborted) this.state = { ...this.state, error: error as ApiError };
    } finally {
      this.current = null;
    }
  }
}
