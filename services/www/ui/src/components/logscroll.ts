// SPDX-License-Identifier: Apache-2.0
// Which rows of a log are drawn, and where they stand in the box that scrolls.
//
// One row, the anchor, keeps its place whatever is drawn round it, so that nothing jumps. The browser scrolls by pixels;
// what moves further than a few screens at once (the scroll bar, Home) goes by share. Where the scroll bar and the rows
// disagree (rows that wrap, logs beyond what a browser can draw), both are moved together while nobody scrolls.
import { heightOf, rowAt, rowsRound, topOf, type Scale } from '../lib/logscale';
import type { LogViewer, Scroller } from '../live/logviewer';

/** Rows drawn beyond those in sight, at either end. */
const OVER = 40;
/** Screens that are still scrolled by pixels. */
const NEAR = 2;
/** Within this many pixels of the end counts as being there. */
const AT_END = 24;
/** Milliseconds without scrolling after which the scroll bar is put right. */
const IDLE = 140;

export class LogScroll implements Scroller {
  /** Rows drawn: start…end-1. */
  start = 0;
  end = 0;
  private scale: Scale = { count: 0, row: 18, view: 600 };
  private anchor = { row: 0, y: 0 };
  private lastTop = 0;
  private wanted: number | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private box: HTMLElement | null = null;
  private readonly viewer: LogViewer;
  private readonly redraw: () => void;

  constructor(viewer: LogViewer, redraw: () => void) {
    this.viewer = viewer;
    this.redraw = redraw;
    const marked = viewer.marked.peek();
    if (marked) this.anchor.row = viewer.rows.peek().row(marked.from);
  }

  /** Returns what undoes it. */
  attach(box: HTMLElement): () => void {
    this.box = box;
    this.viewer.scroller = this;
    const observer = new ResizeObserver(() => this.redraw());
    observer.observe(box);
    box.addEventListener('scroll', this.onScroll, { passive: true });
    const marked = this.viewer.marked.peek();
    if (marked) this.show(marked.from);
    return () => {
      clearTimeout(this.timer);
      observer.disconnect();
      box.removeEventListener('scroll', this.onScroll);
      this.viewer.scroller = null;
    };
  }

  /** Before drawing: chooses the rows. */
  choose(count: number): void {
    const { scale } = this;
    scale.count = count;
    if (this.box) scale.view = this.box.clientHeight || scale.view;
    if (this.viewer.following.peek()) this.anchor.row = Math.max(0, count - 1);
    this.anchor.row = Math.min(this.anchor.row, Math.max(0, count - 1));
    const near = rowsRound(scale, this.anchor.row, OVER / 2);
    // Scrolling by a line or two draws nothing anew.
    if (this.start <= near.start && near.end <= this.end && this.end <= count && this.end - this.start <= 4 * OVER + near.end - near.start) return;
    ({ start: this.start, end: this.end } = rowsRound(scale, this.anchor.row, OVER));
  }

  /** After drawing: puts the rows where they belong. */
  place(): void {
    const { box, scale } = this;
    const rows = this.rows();
    if (!box || !rows) return;
    scale.view = box.clientHeight;
    this.measure(box, rows);
    if (this.wanted !== null) return this.placeWanted(this.wanted);
    const whole = this.start === 0 && this.end === scale.count;
    const height = whole ? rows.offsetHeight : Math.max(heightOf(scale), rows.offsetHeight);
    (box.firstElementChild as HTMLElement).style.height = `${height}px`;
    if (this.viewer.following.peek()) return this.placeAtEnd(box, rows, height);
    const row = this.element(this.anchor.row);
    let top = this.anchor.y - (row?.offsetTop ?? 0);
    if (this.start === 0) top = this.shift(top, -top);
    else if (this.end === scale.count) top = this.shift(top, height - rows.offsetHeight - top);
    rows.style.top = `${top}px`;
  }

  show(line: number): void {
    const row = this.viewer.rows.peek().row(line);
    if (this.isSeen(row)) return;
    this.wanted = row;
    this.anchor.row = row;
    this.redraw();
  }

  toStart(): void {
    this.viewer.follow(false);
    this.wanted = 0;
    this.anchor.row = 0;
    this.redraw();
  }

  toEnd(): void {
    this.viewer.follow(true);
    this.redraw();
  }

  first(): number {
    return this.viewer.rows.peek().line(this.firstRow() ?? this.anchor.row);
  }

  /** The lines that are drawn. */
  lines(): number[] {
    const rows = this.viewer.rows.peek();
    return Array.from({ length: this.end - this.start }, (_, i) => rows.line(this.start + i));
  }

  private rows(): HTMLElement | null {
    return this.box?.querySelector<HTMLElement>('.log-rows') ?? null;
  }

  private element(row: number): HTMLElement | null {
    const line = this.viewer.rows.peek().line(row) + 1;
    return this.rows()?.querySelector<HTMLElement>(`:scope > .line[data-line="${line}"]:not(.line-pinned)`) ?? null;
  }

  /** Rows that do not wrap are all as high as a line; else those that are drawn tell what is usual. */
  private measure(box: HTMLElement, rows: HTMLElement): void {
    const line = parseFloat(getComputedStyle(box).lineHeight) || 18;
    const drawn = this.end - this.start;
    if (box.classList.contains('log-nowrap') || drawn === 0) this.scale.row = line;
    else if (this.timer === undefined) this.scale.row = Math.max(line, rows.offsetHeight / drawn);
  }

  private placeWanted(row: number): void {
    const { box, scale } = this;
    const rows = this.rows();
    if (!box || !rows) return;
    this.wanted = null;
    const third = row === 0 ? 0 : scale.view / 3;
    const top = topOf(scale, Math.max(0, row - third / scale.row));
    (box.firstElementChild as HTMLElement).style.height = `${Math.max(heightOf(scale), rows.offsetHeight)}px`;
    this.scrollTo(top);
    this.anchor = { row, y: top + third };
    this.place();
  }

  private placeAtEnd(box: HTMLElement, rows: HTMLElement, height: number): void {
    rows.style.top = `${height - rows.offsetHeight}px`;
    this.scrollTo(height - box.clientHeight);
    const last = this.element(this.anchor.row);
    this.anchor.y = height - (last?.offsetHeight ?? 0);
  }

  private scrollTo(top: number): void {
    if (!this.box) return;
    if (Math.abs(this.box.scrollTop - top) > 0.5) this.box.scrollTop = top;
    this.lastTop = this.box.scrollTop;
  }

  /** Moves rows and scroll bar together, which nobody sees. Returns where the rows begin then. */
  private shift(top: number, by: number): number {
    if (!this.box || Math.abs(by) < 1) return top;
    this.anchor.y += by;
    this.scrollTo(this.box.scrollTop + by);
    return top + by;
  }

  /** The first row in sight among those drawn, found by halving. */
  private firstRow(): number | undefined {
    const rows = this.rows();
    if (!this.box || !rows || this.end === this.start) return undefined;
    const seen = this.box.scrollTop - rows.offsetTop;
    if (seen > rows.offsetHeight || seen + this.box.clientHeight < 0) return undefined;
    let low = this.start;
    let high = this.end - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = this.element(middle);
      if (row && row.offsetTop + row.offsetHeight > seen) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private isSeen(row: number): boolean {
    const element = row >= this.start && row < this.end ? this.element(row) : null;
    const rows = this.rows();
    if (!element || !this.box || !rows || this.wanted !== null) return false;
    const top = rows.offsetTop + element.offsetTop - this.box.scrollTop;
    return top >= 0 && top + element.offsetHeight <= this.box.clientHeight;
  }

  private readonly onScroll = (): void => {
    const { box, scale } = this;
    if (!box) return;
    const delta = box.scrollTop - this.lastTop;
    if (Math.abs(delta) < 1) return;
    this.lastTop = box.scrollTop;
    const first = Math.abs(delta) > NEAR * scale.view ? undefined : this.firstRow();
    if (first === undefined) this.leap(box.scrollTop);
    else this.anchor = { row: first, y: (this.rows()?.offsetTop ?? 0) + (this.element(first)?.offsetTop ?? 0) };
    this.viewer.follow(this.isAtEnd(delta));
    clearTimeout(this.timer);
    this.timer = setTimeout(this.settle, IDLE);
    this.redraw();
  };

  private leap(top: number): void {
    const at = rowAt(this.scale, top);
    const row = Math.min(Math.floor(at), Math.max(0, this.scale.count - 1));
    this.anchor = { row, y: top - (at - row) * this.scale.row };
  }

  private isAtEnd(delta: number): boolean {
    const rows = this.rows();
    if (!this.box || !rows || this.end < this.scale.count) return false;
    const below = rows.offsetTop + rows.offsetHeight - this.box.scrollTop - this.box.clientHeight;
    return below < (delta < 0 ? 1 : AT_END);
  }

  /** Nobody scrolls: the scroll bar goes where the rows are. */
  private readonly settle = (): void => {
    this.timer = undefined;
    const { box, scale } = this;
    const rows = this.rows();
    if (!box || !rows || this.viewer.following.peek()) return;
    if (this.start > 0 && this.end < scale.count) {
      const seen = this.anchor.row + (box.scrollTop - this.anchor.y) / scale.row;
      const by = topOf(scale, seen) - box.scrollTop;
      if (Math.abs(by) > 2) rows.style.top = `${this.shift(rows.offsetTop, by)}px`;
    }
    this.redraw();
  };
}
