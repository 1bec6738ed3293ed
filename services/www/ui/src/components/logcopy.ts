// SPDX-License-Identifier: Apache-2.0
// Copying out of a log: a selection over rows of which most are not drawn, without line numbers and times.
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { stripAnsi } from '../lib/ansi';
import { splitStream } from '../lib/logblocks';
import type { LogViewer } from '../live/logviewer';
import { t } from '../text';
import { tell, tellError } from './toast';

interface Place {
  line: number;
  /** Characters of the line before it. */
  offset: number;
}

const rowOf = (node: Node | null) => (node instanceof Element ? node : node?.parentElement)?.closest<HTMLElement>('.line') ?? null;

/** The line in which a selection begins that reaches over several; null without one. */
export function usePin(box: RefObject<HTMLElement | null>): number | null {
  const [pin, setPin] = useState<number | null>(null);
  useEffect(() => {
    const look = () => {
      const selection = document.getSelection();
      const row = selection && !selection.isCollapsed && box.current?.contains(selection.anchorNode) ? rowOf(selection.anchorNode) : null;
      setPin(row ? Number(row.dataset.line) - 1 : null);
    };
    document.addEventListener('selectionchange', look);
    return () => document.removeEventListener('selectionchange', look);
  }, [box]);
  return pin;
}

function placeOf(node: Node, offset: number): Place | null {
  const row = rowOf(node);
  const text = row?.querySelector('.line-text');
  if (!row || !text) return null;
  const before = document.createRange();
  before.setStart(text, 0);
  try {
    before.setEnd(node, offset);
  } catch {
    return { line: Number(row.dataset.line) - 1, offset: 0 };
  }
  return { line: Number(row.dataset.line) - 1, offset: before.toString().length };
}

function shownText(raw: string, type: string): string {
  return stripAnsi(splitStream(raw, type).text);
}

function join(lines: readonly string[], type: string, start: Place, end: Place): string {
  const shown = lines.map((line) => shownText(line, type));
  const last = shown.length - 1;
  if (last >= 0) shown[last] = shown[last]!.slice(0, end.offset);
  if (last >= 0) shown[0] = shown[0]!.slice(start.offset);
  return shown.join('\n');
}

/** What the browser would copy has line numbers in it, and holes where no rows are drawn. */
export function copySelection(event: ClipboardEvent, viewer: LogViewer): void {
  const selection = document.getSelection();
  const range = selection && selection.rangeCount > 0 && !selection.isCollapsed ? selection.getRangeAt(0) : null;
  if (!range) {
    const marked = viewer.marked.peek();
    if (!marked) return;
    event.preventDefault();
    void copyLines(viewer, marked.from, marked.to);
    return;
  }
  const start = placeOf(range.startContainer, range.startOffset);
  const end = placeOf(range.endContainer, range.endOffset);
  if (!start || !end) return;
  event.preventDefault();
  const known = Array.from({ length: end.line - start.line + 1 }, (_, i) => viewer.feed.blocks.line(start.line + i));
  if (known.every((line) => line !== undefined)) {
    event.clipboardData?.setData('text/plain', join(known as string[], viewer.type, start, end));
    return;
  }
  void copyFetched(viewer, start, end);
}

export async function copyLines(viewer: LogViewer, from: number, to: number): Promise<void> {
  await copyFetched(viewer, { line: from, offset: 0 }, { line: to, offset: Infinity });
}

async function copyFetched(viewer: LogViewer, start: Place, end: Place): Promise<void> {
  try {
    const lines = await viewer.read(start.line, end.line);
    if (!lines) return tellError(new Error(t.log.tooMuch));
    await writeText(join(lines, viewer.type, start, end));
    tell(t.log.textCopied(lines.length));
  } catch (error) {
    tellError(error);
  }
}

export async function writeText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    throw new Error(t.log.notCopied);
  }
}
