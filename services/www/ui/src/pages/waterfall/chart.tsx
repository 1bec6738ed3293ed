// SPDX-License-Identifier: Apache-2.0
// The drawing of the waterfall: only what is in sight is in the document.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Build, Change } from '../../api/records';
import { StatusIcon } from '../../components/icons';
import { authorName, firstLine, formatDate, formatDayTime, formatDuration } from '../../lib/format';
import { boxesBetween } from '../../lib/lanes';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import { ticksOf } from '../../lib/timescale';
import { t } from '../../text';
import { BuildBox } from './box';
import { Details } from './details';
import { neighbour, type Waterfall } from './layout';

const COLUMN = 132;
/** Drawn beyond what is in sight, so that scrolling shows no gaps. */
const BEYOND = 400;
const TICKS_APART = 64;

interface Props {
  waterfall: Waterfall;
  changes: readonly Change[];
  pixelsPerMinute: number;
  now: number;
  older: string | undefined;
  onZoom: (by: number) => void;
}

interface View {
  top: number;
  left: number;
  width: number;
  height: number;
}

/** What is in sight of a scrolled element; measured at most once a frame. */
function useView(ref: { current: HTMLElement | null }): View {
  const [view, setView] = useState<View>({ top: 0, left: 0, width: 1600, height: 1000 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    let frame = 0;
    const measure = () => {
      frame = 0;
      const { scrollTop, scrollLeft, clientWidth, clientHeight } = element;
      setView({ top: scrollTop, left: scrollLeft, width: clientWidth, height: clientHeight });
    };
    const soon = () => (frame ||= requestAnimationFrame(measure));
    measure();
    element.addEventListener('scroll', soon, { passive: true });
    const observer = new ResizeObserver(soon);
    observer.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener('scroll', soon);
      observer.disconnect();
    };
  }, []);
  return view;
}

export function Chart({ waterfall, changes, pixelsPerMinute, now, older, onZoom }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useView(box);
  const [shown, setShown] = useState<Build>();
  const move = useArrowKeys(box, waterfall);
  useZoomWheel(box, onZoom);
  const { scale, columns } = waterfall;
  const first = Math.max(0, Math.floor(view.left / COLUMN) - 2);
  const last = Math.ceil((view.left + view.width) / COLUMN) + 2;
  const from = view.top - BEYOND;
  const to = view.top + view.height + BEYOND;
  return (
    <div class="waterfall-and-details">
      <div ref={box} class="waterfall" role="region" aria-label={t.nav.waterfall} tabIndex={0} onKeyDown={move} data-testid="waterfall">
        <div class="waterfall-inner" style={{ width: `calc(var(--axis) + ${columns.length * COLUMN}px)` }}>
          <div class="waterfall-heads">
            <span class="waterfall-corner muted">{t.waterfall.changes}</span>
            {columns.slice(first, last).map(({ builder, column }, i) => {
              const newest = column.boxes[0]?.item;
              const status = newest ? statusOf(newest) : 'unknown';
              return (
                <a key={builder.builderid} class={`waterfall-head st-${status}`} href={href('builders', builder.builderid)} title={builder.name}
                  style={{ left: `calc(var(--axis) + ${(first + i) * COLUMN}px)`, width: `${COLUMN}px` }}>
                  <StatusIcon status={status} /><span class="clip">{builder.name}</span>
                </a>
              );
            })}
          </div>
          <div class="waterfall-field" style={{ height: `${scale.height + 24}px` }}>
            <div class="waterfall-axis" style={{ height: `${scale.height + 24}px` }}>
              <Axis waterfall={waterfall} pixelsPerMinute={pixelsPerMinute} from={from} to={to} />
              <ChangeMarks waterfall={waterfall} changes={changes} from={from} to={to} />
            </div>
            <ul class="waterfall-boxes">
              {columns.slice(first, last).flatMap(({ builder, column }, i) =>
                boxesBetween(column, from, to, waterfall.tallest).map((each) => (
                  <BuildBox key={each.item.buildid} box={each} builder={builder.name} left={(first + i) * COLUMN} width={COLUMN} lanes={column.lanes} now={now} onShow={setShown} />
                )),
              )}
            </ul>
          </div>
          {older && <p class="waterfall-older"><a class="button" href={older}>{t.waterfall.older}</a></p>}
        </div>
      </div>
      <Details build={shown} builders={columns.map((c) => c.builder)} />
    </div>
  );
}

/** Arrow keys lead from box to box, also to one that is not drawn yet. */
function useArrowKeys(box: { current: HTMLElement | null }, waterfall: Waterfall) {
  const [goal, setGoal] = useState<number>();
  useEffect(() => {
    const link = goal === undefined ? null : box.current?.querySelector<HTMLElement>(`[data-build="${goal}"]`);
    if (!link) return;
    link.focus({ preventScroll: true });
    link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    setGoal(undefined);
  });
  return (event: KeyboardEvent) => {
    const at = Number((event.target as HTMLElement).dataset.build);
    if (!event.key.startsWith('Arrow') || !at) return;
    const next = neighbour(waterfall, at, event.key);
    if (!next) return;
    event.preventDefault();
    const end = next.complete_at ?? next.started_at;
    const top = waterfall.scale.at(end);
    const { current } = box;
    if (current && (top < current.scrollTop || top > current.scrollTop + current.clientHeight - 80)) current.scrollTop = Math.max(0, top - 120);
    setGoal(next.buildid);
  };
}

function useZoomWheel(box: { current: HTMLElement | null }, onZoom: (by: number) => void): void {
  const zoom = useRef(onZoom);
  zoom.current = onZoom;
  useEffect(() => {
    const element = box.current;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom.current(event.deltaY < 0 ? 1 : -1);
    };
    // Not passive: the browser would enlarge the whole page.
    element?.addEventListener('wheel', wheel, { passive: false });
    return () => element?.removeEventListener('wheel', wheel);
  }, []);
}

interface AxisProps {
  waterfall: Waterfall;
  pixelsPerMinute: number;
  from: number;
  to: number;
}

function Axis({ waterfall, pixelsPerMinute, from, to }: AxisProps) {
  const { scale } = waterfall;
  const seen = (top: number) => top >= from && top <= to;
  return (
    <>
      {scale.stretches.filter((s) => s.folded && seen(s.top)).map((s) => (
        <span key={s.from} class="waterfall-idle" style={{ top: `${s.top}px`, height: `${s.height}px` }}>{t.waterfall.idle(formatDuration(s.to - s.from))}</span>
      ))}
      {ticksOf(scale, pixelsPerMinute, TICKS_APART).map((time) => {
        // One at the upper end of a stretch stands below its edge.
        const top = scale.at(time) + (scale.stretches.some((s) => s.to === time) ? 9 : 0);
        return seen(top) && <time key={time} class="waterfall-tick" style={{ top: `${top}px` }} title={formatDate(time)}>{formatDayTime(time)}</time>;
      })}
    </>
  );
}

function ChangeMarks({ waterfall, changes, from, to }: { waterfall: Waterfall; changes: readonly Change[]; from: number; to: number }) {
  const oldest = waterfall.scale.stretches.at(-1)?.from ?? 0;
  let free = -1;
  return (
    <>
      {changes.map((change) => {
        if (change.when_timestamp < oldest) return null;
        // Those of one moment stand below each other.
        const top = Math.max(waterfall.scale.at(change.when_timestamp), free);
        free = top + 18;
        if (top < from || top > to) return null;
        const text = t.waterfall.changeBy(authorName(change.author), firstLine(change.comments));
        return <span key={change.changeid} class="waterfall-change clip" style={{ top: `${top}px` }} title={text}>{text}</span>;
      })}
    </>
  );
}
