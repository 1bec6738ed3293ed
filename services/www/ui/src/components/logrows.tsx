// SPDX-License-Identifier: Apache-2.0
// The rows of a log: those in sight and some round them, of however many there are.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { stripAnsi } from '../lib/ansi';
import { markOf } from '../lib/logfolds';
import { clockTime, logPrefs, sinceTime, type Times } from '../lib/logprefs';
import { extend, formatRange } from '../lib/logrange';
import { navigate } from '../lib/router';
import { settings } from '../lib/settings';
import type { LogViewer } from '../live/logviewer';
import { t } from '../text';
import { copySelection, usePin } from './logcopy';
import { LogLine } from './logline';
import { LogScroll } from './logscroll';

interface RowsProps {
  viewer: LogViewer;
  name: string;
  /** The log's own address; line numbers append "?line=". */
  link: string;
  /** What else the address says, to be kept: "&q=…" or nothing. */
  keep: string;
  ownPage: boolean;
  /** When the step began, in epoch seconds. */
  started: number | null;
}

export function LogRows({ viewer, name, link, keep, ownPage, started }: RowsProps) {
  const [, draw] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const scroll = useMemo(() => new LogScroll(viewer, () => draw((n) => n + 1)), [viewer]);
  const pin = usePin(box);
  const { wrap, times } = logPrefs.value;
  const rows = viewer.rows.value;
  const total = viewer.total.value;
  // Where the rows stand depends on these.
  void viewer.version.value;
  void viewer.following.value;
  scroll.choose(rows.count(total));

  // Before any effect of the parent's, which shows the marked line: a parent drawn again runs its effects first.
  useLayoutEffect(() => scroll.attach(box.current!), [scroll]);
  useLayoutEffect(() => scroll.place());
  const lines = scroll.lines();
  useLayoutEffect(() => viewer.seen(lines), [viewer, lines[0], lines.at(-1), total, rows]);
  useEffect(() => viewer.showTimes(times !== 'off'), [viewer, times]);

  const onClick = (event: MouseEvent) => {
    const number = (event.target as HTMLElement).closest<HTMLElement>('.line-number')?.closest<HTMLElement>('.line');
    if (!number || !ownPage || !event.shiftKey) return;
    event.preventDefault();
    navigate(`${link}?line=${formatRange(extend(viewer.marked.peek(), Number(number.dataset.line) - 1))}${keep}`, true);
  };

  const drawn = withPinned(lines, pin);
  return (
    <div
      ref={box}
      style={`--digits: ${Math.max(4, String(total).length)}`}
      class={`log-box${wrap ? '' : ' log-nowrap'}${times === 'off' ? '' : ' log-timed'}`}
      tabIndex={0}
      role="log"
      aria-label={t.log.name(name)}
      aria-live="off"
      onClick={onClick}
      onCopy={(event) => copySelection(event, viewer)}
      data-testid="log-box"
    >
      <div class="log-space" aria-hidden="true" />
      <div class="log-rows" role="table" aria-label={t.log.name(name)} aria-rowcount={total}>
        {drawn.map((line) => (
          <Row key={line} viewer={viewer} line={line} permalink={`${link}?line=`} times={times} started={started} pinned={line === pin && !lines.includes(line)} />
        ))}
      </div>
    </div>
  );
}

/** The line where a selection begins stays, before or behind the others, so that the selection does. */
function withPinned(lines: readonly number[], pin: number | null): readonly number[] {
  if (pin === null || lines.includes(pin) || lines.length === 0) return lines;
  return pin < lines[0]! ? [pin, ...lines] : [...lines, pin];
}

interface RowProps {
  viewer: LogViewer;
  line: number;
  permalink: string;
  times: Times;
  started: number | null;
  pinned: boolean;
}

function Row({ viewer, line, permalink, times, started, pinned }: RowProps) {
  // A component with signals is drawn anew for them and its properties alone.
  void viewer.version.value;
  const marked = viewer.marked.value;
  const fold = viewer.rows.value.folded(line);
  return (
    <LogLine
      index={line}
      line={viewer.feed.blocks.line(line)}
      type={viewer.type}
      permalink={permalink}
      marked={marked !== null && line >= marked.from && line <= marked.to}
      spans={viewer.spans(line)}
      time={timeText(viewer.times.at(line), times, started)}
      group={titleOf(viewer, line)}
      folded={fold ? fold.to - fold.from : 0}
      onFold={toggleOf(viewer)}
      pinned={pinned}
    />
  );
}

function timeText(ms: number | undefined, times: Times, started: number | null): string | undefined {
  if (times === 'off') return undefined;
  if (ms === undefined) return '';
  return times === 'since' && started !== null ? sinceTime(ms, started) : clockTime(ms, settings.value.timeZone);
}

/** Of a line that begins a group, or the agent's words. */
function titleOf(viewer: LogViewer, line: number): string | undefined {
  const text = viewer.text(line);
  if (text === undefined) return undefined;
  const mark = markOf(text);
  if (mark) return mark.kind === 'start' ? mark.title : undefined;
  return viewer.isHead(line) ? stripAnsi(text) : undefined;
}

/** The same function each time, so that lines stand still. */
const toggles = new WeakMap<LogViewer, (line: number) => void>();
function toggleOf(viewer: LogViewer): (line: number) => void {
  const known = toggles.get(viewer) ?? ((line: number) => void viewer.toggle(line));
  toggles.set(viewer, known);
  return known;
}
