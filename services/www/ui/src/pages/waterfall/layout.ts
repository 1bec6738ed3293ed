// SPDX-License-Identifier: Apache-2.0
// Where each build of the waterfall stands: a column for each builder, the time down.
import type { Build, Builder } from '../../api/records';
import { packLanes, type Column } from '../../lib/lanes';
import { timeScale, type TimeScale } from '../../lib/timescale';

export interface WaterfallOptions {
  pixelsPerMinute: number;
  idle: number;
}

export interface Waterfall {
  scale: TimeScale;
  columns: readonly { builder: Builder; column: Column<Build> }[];
  /** The height of the tallest box. */
  tallest: number;
}

/** Below this a box can be neither read nor hit. */
const LEAST_HEIGHT = 20;
const MOST_LANES = 3;

export function layOut(builders: readonly Builder[], builds: readonly Build[], now: number, options: WaterfallOptions): Waterfall {
  const wanted = new Map(builders.map((b) => [b.builderid, [] as Build[]]));
  for (const build of builds) wanted.get(build.builderid)?.push(build);
  const end = (build: Build) => build.complete_at ?? now;
  const shown = [...wanted.values()].flat();
  const scale = timeScale(shown.map((b) => ({ from: b.started_at, to: end(b) })), now, options);
  let tallest = LEAST_HEIGHT;
  const columns = builders.flatMap((builder) => {
    const own = wanted.get(builder.builderid) ?? [];
    if (own.length === 0) return [];
    const boxes = own.map((item) => {
      const top = scale.at(end(item));
      const height = Math.max(LEAST_HEIGHT, scale.at(item.started_at) - top);
      tallest = Math.max(tallest, height);
      return { item, top, height };
    });
    return [{ builder, column: packLanes(boxes, MOST_LANES) }];
  });
  return { scale, columns, tallest };
}

/** The box that an arrow key leads to: the next one in the column, or the one beside it in the next column that has any. */
export function neighbour(waterfall: Waterfall, buildid: number, key: string): Build | undefined {
  const at = waterfall.columns.findIndex(({ column }) => column.boxes.some((box) => box.item.buildid === buildid));
  const boxes = waterfall.columns[at]?.column.boxes ?? [];
  const row = boxes.findIndex((box) => box.item.buildid === buildid);
  const box = boxes[row];
  if (!box) return undefined;
  if (key === 'ArrowDown') return boxes[row + 1]?.item;
  if (key === 'ArrowUp') return boxes[row - 1]?.item;
  const next = waterfall.columns[at + (key === 'ArrowRight' ? 1 : -1)]?.column.boxes;
  const distance = (other: { top: number }) => Math.abs(other.top - box.top);
  return next?.reduce((best, each) => (distance(each) < distance(best) ? each : best)).item;
}
