// SPDX-License-Identifier: Apache-2.0
// The lines of a log that are in the browser: blocks of equal length, those not looked at for longest let go.
//
// Line numbers count from 0, as in the API; people see them from 1.

/** Lines of a block. */
export const BLOCK = 200;
/** Blocks kept, whatever their size, and characters kept beyond those. */
const FEWEST = 6;
const MOST = 60;
const CHARACTERS = 8_000_000;

export interface Range {
  offset: number;
  limit: number;
}

interface Block {
  lines: readonly string[];
  size: number;
}

/** The lines of a chunk's content, which ends with a newline. */
export function splitContent(content: string): string[] {
  if (content === '') return [];
  const lines = content.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}

export class LogBlocks {
  /** By number, the one used last at the end. */
  private readonly blocks = new Map<number, Block>();
  private size = 0;

  line(index: number): string | undefined {
    return this.blocks.get(Math.floor(index / BLOCK))?.lines[index % BLOCK];
  }

  /** The numbers of the blocks that hold these lines. */
  static of(first: number, last: number): number[] {
    const from = Math.floor(Math.max(0, first) / BLOCK);
    return Array.from({ length: Math.max(0, Math.floor(last / BLOCK) - from + 1) }, (_, i) => from + i);
  }

  /** What of a block is missing in a log of so many lines; a growing log's last block is filled bit by bit. */
  missing(block: number, total: number): Range | null {
    const have = this.blocks.get(block)?.lines.length ?? 0;
    const offset = block * BLOCK + have;
    const limit = Math.min((block + 1) * BLOCK, total) - offset;
    return limit > 0 ? { offset, limit } : null;
  }

  /** Takes lines that begin at `offset`: at a block's begin, or where what is known of it ends. */
  put(offset: number, lines: readonly string[]): void {
    const number = Math.floor(offset / BLOCK);
    const known = this.blocks.get(number)?.lines ?? [];
    const at = offset % BLOCK;
    if (at > known.length) return;
    this.drop(number);
    const all = [...known.slice(0, at), ...lines].slice(0, BLOCK);
    const size = all.reduce((sum, line) => sum + line.length, 0);
    this.blocks.set(number, { lines: all, size });
    this.size += size;
    this.letGo();
  }

  /** Marks blocks as looked at. */
  touch(numbers: readonly number[]): void {
    for (const number of numbers) {
      const block = this.blocks.get(number);
      if (!block) continue;
      this.blocks.delete(number);
      this.blocks.set(number, block);
    }
  }

  get count(): number {
    return this.blocks.size;
  }

  private drop(number: number): void {
    this.size -= this.blocks.get(number)?.size ?? 0;
    this.blocks.delete(number);
  }

  private letGo(): void {
    for (const number of this.blocks.keys()) {
      if (this.blocks.size <= FEWEST || (this.blocks.size <= MOST && this.size <= CHARACTERS)) return;
      this.drop(number);
    }
  }
}

export type Stream = 'out' | 'err' | 'head' | 'in';

const STREAMS: Record<string, Stream> = { o: 'out', e: 'err', h: 'head', i: 'in' };

/** Splits the stream's letter off a line of a log of type s; other logs have none. */
export function splitStream(line: string, type: string): { stream: Stream; text: string } {
  if (type !== 's') return { stream: 'out', text: line };
  return { stream: STREAMS[line[0] ?? 'o'] ?? 'out', text: line.slice(1) };
}
