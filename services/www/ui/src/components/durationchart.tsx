// SPDX-License-Identifier: Apache-2.0
// Builds over time as a chart: higher took longer, and each result has a shape as well as a colour. What it shows is in
// the table below it too, which is the way for those who can't see or point.
import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatDate, formatDayTime, formatDuration } from '../lib/format';
import { goodPercent, nearest, pointsOf, usualOf, type Point } from '../lib/history';
import type { Status } from '../lib/results';
import { href } from '../lib/route';
import { navigate } from '../lib/router';
import { settings } from '../lib/settings';
import type { Build } from '../api/records';
import { t } from '../text';
import '../styles/pages/durationchart.css';

const HEIGHT = 180;
const RADIUS = 4;
/** Pixels from a point within which it is meant. */
const REACH = 24;

export default function DurationChart({ builds }: { builds: readonly Build[] }) {
  const box = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState<Point>();
  const points = pointsOf(builds);
  const key = points.map((p) => `${p.build.buildid}${p.status}`).join();
  useEffect(() => {
    const element = box.current;
    if (!element || points.length === 0) return;
    const plot = new uPlot(optionsOf(points, element.clientWidth, setOver), dataOf(points), element);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    const stopWatching = watchTheme(() => plot.redraw(false));
    return () => {
      stopWatching();
      observer.disconnect();
      plot.destroy();
    };
  }, [key]);
  if (points.length < 2) return null;
  return (
    <figure class="duration-chart" data-testid="duration-chart">
      <div ref={box} class="duration-chart-box" role="img" aria-label={labelOf(points)} />
      <figcaption class="muted">{over ? <About point={over} /> : labelOf(points)}</figcaption>
    </figure>
  );
}

function About({ point: { build, status, at, took } }: { point: Point }) {
  return <>{t.history.point(build.number, t.results[status], formatDuration(took), formatDate(at))}</>;
}

function labelOf(points: readonly Point[]): string {
  const usual = usualOf(points);
  return t.history.label(points.length, goodPercent(points), usual === undefined ? '' : formatDuration(usual));
}

function dataOf(points: readonly Point[]): uPlot.AlignedData {
  return [points.map((p) => p.at), points.map((p) => p.took)];
}

/** A colour of the theme as it is now: the property may hold light-dark(), which only a real property resolves. */
function colour(name: string): string {
  const element = document.createElement('span');
  element.style.color = `var(--${name})`;
  document.body.append(element);
  const { color } = getComputedStyle(element);
  element.remove();
  return color;
}

function watchTheme(redraw: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', redraw);
  const stop = effect(() => {
    void settings.value.theme;
    requestAnimationFrame(redraw);
  });
  return () => {
    query.removeEventListener('change', redraw);
    stop();
  };
}

function optionsOf(points: readonly Point[], width: number, onOver: (point: Point | undefined) => void): uPlot.Options {
  const axis = { stroke: () => colour('muted'), grid: { stroke: () => colour('line'), width: 1 }, ticks: { show: false }, font: '11px system-ui' };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
    scales: { x: { time: true }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.15)] } },
    axes: [
      { ...axis, values: (_, splits) => splits.map((at) => formatDayTime(at)), space: 120 },
      { ...axis, values: (_, splits) => splits.map((seconds) => formatDuration(seconds)), size: 64 },
    ],
    series: [{}, { show: true, paths: () => null, points: { show: false } }],
    hooks: { draw: [(plot) => drawPoints(plot, points)], ready: [(plot) => listen(plot, points, onOver)] },
  };
}

function listen(plot: uPlot, points: readonly Point[], onOver: (point: Point | undefined) => void): void {
  const place = (point: Point) => ({ x: plot.valToPos(point.at, 'x'), y: plot.valToPos(point.took, 'y') });
  const at = (event: MouseEvent) => nearest(points, event.offsetX, event.offsetY, REACH, place);
  plot.over.addEventListener('mousemove', (event) => {
    const point = at(event);
    plot.over.style.cursor = point ? 'pointer' : '';
    onOver(point);
  });
  plot.over.addEventListener('mouseleave', () => onOver(undefined));
  plot.over.addEventListener('click', (event) => {
    const point = at(event);
    if (point) navigate(href('builders', point.build.builderid, 'builds', point.build.number));
  });
}

function drawPoints(plot: uPlot, points: readonly Point[]): void {
  const { ctx } = plot;
  const scale = devicePixelRatio || 1;
  const usual = usualOf(points);
  ctx.save();
  if (usual !== undefined) {
    const y = plot.valToPos(usual, 'y', true);
    ctx.strokeStyle = colour('line-strong');
    ctx.setLineDash([4 * scale, 4 * scale]);
    ctx.beginPath();
    ctx.moveTo(plot.bbox.left, y);
    ctx.lineTo(plot.bbox.left + plot.bbox.width, y);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  const colours = new Map<Status, string>();
  for (const { status, at, took } of points) {
    if (!colours.has(status)) colours.set(status, colour(status === 'unknown' || status === 'pending' ? 'neutral' : status));
    ctx.fillStyle = ctx.strokeStyle = colours.get(status)!;
    ctx.lineWidth = 2 * scale;
    drawShape(ctx, status, plot.valToPos(at, 'x', true), plot.valToPos(took, 'y', true), RADIUS * scale);
  }
  ctx.restore();
}

/** A disc for good ones, a triangle for warnings, a cross for failures, a ring for what says nothing about the code. */
function drawShape(ctx: CanvasRenderingContext2D, status: Status, x: number, y: number, r: number): void {
  ctx.beginPath();
  if (status === 'failure' || status === 'exception') {
    ctx.moveTo(x - r, y - r);
    ctx.lineTo(x + r, y + r);
    ctx.moveTo(x + r, y - r);
    ctx.lineTo(x - r, y + r);
    ctx.stroke();
  } else if (status === 'warnings') {
    ctx.moveTo(x, y - r * 1.2);
    ctx.lineTo(x + r * 1.1, y + r);
    ctx.lineTo(x - r * 1.1, y + r);
    ctx.closePath();
    ctx.fill();
  } else {
    ctx.arc(x, y, r, 0, 2 * Math.PI);
    if (status === 'success') ctx.fill();
    else ctx.stroke();
  }
}
