// SPDX-License-Identifier: Apache-2.0
// Boxes of one column that would lie on each other stand side by side.

export interface Box<T> {
  item: T;
  top: number;
  height: number;
  lane: number;
}

export interface Column<T> {
  /** From top to bottom. */
  boxes: readonly Box<T>[];
  lanes: number;
}

/** The first lane that is free at a box's top takes it; beyond `most` lanes the last one takes all. */
export function packLanes<T>(boxes: readonly Omit<Box<T>, 'lane'>[], most: number): Column<T> {
  const sorted = [...boxes].sort((a, b) => a.top - b.top);
  const ends: number[] = [];
  const packed = sorted.map((box) => {
    const free = ends.findIndex((end) => end <= box.top);
    const lane = free >= 0 ? free : Math.min(ends.length, most - 1);
    ends[lane] = Math.max(ends[lane] ?? 0, box.top + box.height);
    return { ...box, lane };
  });
  return { boxes: packed, lanes: Math.max(1, ends.length) };
}

/** The boxes between two heights; the list is in order of their tops, and none is higher than `tallest`. */
export function boxesBetween<T>(column: Column<T>, from: number, to: number, tallest: number): readonly Box<T>[] {
  const boxes = column.boxes;
  let low = 0;
  let high = boxes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (boxes[middle]!.top < from - tallest) low = middle + 1;
    else high = middle;
  }
  const seen: Box<T>[] = [];
  for (let i = low; i < boxes.length && boxes[i]!.top <= to; i++) {
    if (boxes[i]!.top + boxes[i]!.height >= from) seen.push(boxes[i]!);
  }
  return seen;
}
