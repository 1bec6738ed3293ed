// SPDX-License-Identifier: Apache-2.0
// When the lines on screen came, asked for by block.
import { getPage } from '../api/client';
import type { LogTime } from '../api/records';
import { BLOCK } from '../lib/logblocks';

export class LogTimes {
  private readonly blocks = new Map<number, readonly LogTime[]>();
  private readonly asked = new Set<number>();
  private readonly aborter = new AbortController();
  private readonly base: string;
  private readonly changed: () => void;

  constructor(base: string, changed: () => void) {
    this.base = base;
    this.changed = changed;
  }

  /** Epoch milliseconds; undefined: not known (yet). */
  at(line: number): number | undefined {
    const pieces = this.blocks.get(Math.floor(line / BLOCK));
    return pieces?.findLast((piece) => piece.firstline <= line)?.ms ?? undefined;
  }

  want(numbers: readonly number[], total: number): void {
    for (const number of numbers) {
      const lines = Math.min(BLOCK, total - number * BLOCK);
      const key = number * (BLOCK + 1) + lines;
      if (lines <= 0 || this.asked.has(key)) continue;
      this.asked.add(key);
      void this.read(number, lines);
    }
  }

  close(): void {
    this.aborter.abort();
  }

  private async read(number: number, limit: number): Promise<void> {
    try {
      const page = await getPage<LogTime>(`${this.base}/times`, 'logtimes', { offset: number * BLOCK, limit }, this.aborter.signal);
      this.blocks.set(number, page.items);
      if (!this.aborter.signal.aborted) this.changed();
    } catch {
      // A column that stays empty is no reason to stop reading.
    }
  }
}
