// SPDX-License-Identifier: Apache-2.0
// One log that is being read: what is loaded, marked, folded, searched and followed. Components draw what it says.
import { signal, type Signal } from '@preact/signals';
import type { Log, LogMatch } from '../api/records';
import { LogBlocks, splitStream } from '../lib/logblocks';
import { endOf, groupsOf, markOf, Rows, type MarkedLine } from '../lib/logfolds';
import type { LineRange } from '../lib/logrange';
import { LogFeed, linesOf, readLines, type FetchLines } from './logfeed';
import {
  asQuery, countMatches, Highlights, matchesOf, nextMatch, type Counted, type Direction, type FetchMatches, type LogQuery,
} from './logsearch';
import { LogTimes } from './logtimes';

/** What the box with the rows does when it is told to. */
export interface Scroller {
  /** Shows a line: unless it is in sight already, at a third of the box. */
  show: (line: number) => void;
  toStart: () => void;
  toEnd: () => void;
  /** The first line in sight. */
  first: () => number;
}

export type Looking = 'idle' | 'busy' | 'none' | 'wrapped' | Error;

/** Marks asked for at most, when all groups are folded. */
const MARKS = 5000;
/** Characters that are copied at most. */
export const COPIED = 20_000_000;

export class LogViewer {
  readonly type: string;
  readonly total = signal(0);
  readonly complete = signal(false);
  /** Counts what has come: whoever draws lines reads it. */
  readonly version = signal(0);
  readonly following = signal(true);
  /** Lines there were when following ended. */
  readonly left = signal(0);
  readonly rows: Signal<Rows> = signal(new Rows([]));
  readonly marked = signal<LineRange | null>(null);
  readonly query = signal<LogQuery | null>(null);
  readonly counted = signal<Counted>({ lines: [], whole: false });
  readonly looking = signal<Looking>('idle');
  readonly feed: LogFeed;
  readonly times: LogTimes;
  scroller: Scroller | null = null;

  private highlights: Highlights | null = null;
  private searching: AbortController | null = null;
  private counting: AbortController | null = null;
  private onScreen: readonly number[] = [];
  private withTimes = false;
  private readonly fetchLines: FetchLines;
  private readonly fetchMatches: FetchMatches;

  constructor(base: string, type: string, fetchLines = linesOf(base), fetchMatches = matchesOf(base)) {
    this.type = type;
    this.fetchLines = fetchLines;
    this.fetchMatches = fetchMatches;
    this.feed = new LogFeed(fetchLines, this.came);
    this.times = new LogTimes(base, this.came);
  }

  /** Tells of the log as it is now known: first at the start, then with every event. */
  update(log: Log): void {
    this.total.value = Math.max(this.total.peek(), log.num_lines);
    this.complete.value = log.complete;
    this.ask();
  }

  close(): void {
    this.feed.close();
    this.times.close();
    this.highlights?.close();
    this.searching?.abort();
    this.counting?.abort();
  }

  /** Lines that are drawn; those in the middle of the box are asked for first. */
  seen(lines: readonly number[]): void {
    const middle = lines[Math.floor(lines.length / 2)] ?? 0;
    const numbers = [...new Set(lines.flatMap((line) => LogBlocks.of(line, line)))];
    const [home = 0] = LogBlocks.of(middle, middle);
    this.onScreen = numbers.sort((a, b) => Math.abs(a - home) - Math.abs(b - home));
    this.ask();
  }

  showTimes(shown: boolean): void {
    this.withTimes = shown;
    this.ask();
  }

  follow(following: boolean): void {
    if (this.following.peek() === following) return;
    this.left.value = this.total.peek();
    this.following.value = following;
  }

  /** Marks lines and shows the first of them. */
  mark(range: LineRange | null): void {
    this.marked.value = range;
    if (range) this.show(range.from);
  }

  show(line: number): void {
    this.follow(false);
    this.rows.value = this.rows.peek().showing(line);
    this.scroller?.show(line);
  }

  /** A line without its stream's letter. */
  text(line: number): string | undefined {
    const raw = this.feed.blocks.line(line);
    return raw === undefined ? undefined : splitStream(raw, this.type).text;
  }

  spans(line: number): readonly number[] | undefined {
    return this.highlights?.spans(line);
  }

  /** The lines of a range as they were printed, or null when they are too many. */
  read(from: number, to: number): Promise<readonly string[] | null> {
    return readLines(this.feed, this.fetchLines, from, to, COPIED);
  }

  // ---- search ----

  search(query: LogQuery | null): void {
    const now = this.query.peek();
    if (now === query || (now && query && now.q === query.q && now.regex === query.regex && now.exact === query.exact)) return;
    this.highlights?.close();
    this.counting?.abort();
    this.searching?.abort();
    this.highlights = null;
    this.query.value = query;
    this.looking.value = 'idle';
    this.counted.value = { lines: [], whole: false };
    this.version.value += 1;
    if (!query) return;
    this.highlights = new Highlights(this.fetchMatches, asQuery(query), this.came);
    this.ask();
    void this.count(query);
  }

  /** Where the next search begins: at the marked line, else just before the first in sight. */
  private here(direction: Direction): number {
    const marked = this.marked.peek();
    if (marked) return marked.from;
    const first = this.scroller?.first() ?? 0;
    return direction === 'forward' ? first - 1 : first;
  }

  /** The next match of the search; `errors`: of what looks like one. Resolves with its line. */
  async find(direction: Direction, errors = false): Promise<number | undefined> {
    const query = this.query.peek();
    if (!errors && !query) return undefined;
    this.searching?.abort();
    const aborter = (this.searching = new AbortController());
    this.looking.value = 'busy';
    const asked = errors ? { find: 'errors' } : asQuery(query!);
    try {
      const found = await nextMatch(this.fetchMatches, asked, this.here(direction), this.total.peek(), direction, aborter.signal);
      if (aborter.signal.aborted) return undefined;
      this.looking.value = found === undefined ? 'none' : found.wrapped ? 'wrapped' : 'idle';
      return found?.line;
    } catch (error) {
      if (!aborter.signal.aborted) this.looking.value = error as Error;
      return undefined;
    }
  }

  stopSearching(): void {
    this.searching?.abort();
    this.looking.value = 'idle';
  }

  private async count(query: LogQuery): Promise<void> {
    const aborter = (this.counting = new AbortController());
    const tell = (counted: Counted) => {
      if (!aborter.signal.aborted) this.counted.value = counted;
    };
    try {
      await countMatches(this.fetchMatches, asQuery(query), tell, aborter.signal);
    } catch (error) {
      if (!aborter.signal.aborted) this.looking.value = error as Error;
    }
  }

  // ---- folds ----

  /** Folds or unfolds the group that begins at a line. */
  async toggle(line: number): Promise<void> {
    if (this.rows.peek().folded(line)) {
      this.rows.value = this.rows.peek().without(line);
      return;
    }
    const to = await this.endOfGroup(line);
    if (to > line) this.rows.value = this.rows.peek().with({ from: line, to });
  }

  /** Folds all groups, or unfolds what is folded. */
  async toggleAll(): Promise<void> {
    if (this.rows.peek().folds.length > 0) {
      this.rows.value = new Rows([]);
      return;
    }
    const marks = await this.marks(0, () => false);
    this.rows.value = new Rows(groupsOf(marks, this.total.peek()));
  }

  /** Lines of the agent stand together at the begin: the command, and its surroundings. */
  isHead(line: number): boolean {
    const head = (n: number) => this.type === 's' && this.feed.blocks.line(n)?.[0] === 'h';
    return head(line) && !head(line - 1) && head(line + 1) && head(line + 2);
  }

  private async endOfGroup(line: number): Promise<number> {
    const mark = markOf(this.text(line) ?? '');
    if (!mark) return this.endOfHead(line);
    let end: number | undefined;
    await this.marks(line + 1, (marks) => (end = endOf(mark.name, marks)) !== undefined);
    return end ?? this.total.peek() - 1;
  }

  private endOfHead(line: number): number {
    let end = line;
    while (this.feed.blocks.line(end + 1)?.[0] === 'h') end++;
    return end;
  }

  /** The marks from a line on, until they suffice. */
  private async marks(from: number, suffices: (marks: readonly MarkedLine[]) => boolean): Promise<MarkedLine[]> {
    const marks: MarkedLine[] = [];
    let at: number | null = from;
    while (at !== null && at < this.total.peek() && marks.length < MARKS) {
      const answer: { items: LogMatch[]; meta: { next: number | null } } = await this.fetchMatches({ find: 'marks', from: at, limit: 1000 });
      for (const { line, text } of answer.items) {
        const mark = markOf(text ?? '');
        if (mark) marks.push({ line, mark });
      }
      if (suffices(marks)) break;
      at = answer.meta.next;
    }
    return marks;
  }

  // ---- what is on screen ----

  private readonly came = (): void => {
    this.version.value += 1;
  };

  private ask(): void {
    const total = this.total.peek();
    this.feed.want(this.onScreen, total);
    this.highlights?.want(this.onScreen, total);
    if (this.withTimes) this.times.want(this.onScreen, total);
  }
}
