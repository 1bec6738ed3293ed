// SPDX-License-Identifier: Apache-2.0
// Keeps the reader's place in a log while lines are added and let go at either end.
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { FeedState } from '../live/logfeed';

interface Anchor {
  line: string;
  /** Pixels from the box's upper edge. */
  top: number;
}

/** The first line in sight, found by halving, since thousands of lines may be there. */
function anchorOf(box: HTMLElement): Anchor | null {
  const lines = box.getElementsByClassName('line') as HTMLCollectionOf<HTMLElement>;
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = lines[middle]!;
    if (line.offsetTop + line.offsetHeight > box.scrollTop) high = middle;
    else low = middle + 1;
  }
  const line = lines[low];
  return line ? { line: line.dataset.line ?? '', top: line.offsetTop - box.scrollTop } : null;
}

/**
 * After each drawing: at the tail when following, at the wanted line at first, else where the reader was.
 * The returned function is to be called when the box is scrolled.
 */
export function useKeepPlace(box: { current: HTMLElement | null }, state: FeedState | null, wanted: number | undefined): () => void {
  const anchor = useRef<Anchor | null>(null);
  const shown = useRef(false);
  const remember = () => {
    anchor.current = box.current ? anchorOf(box.current) : null;
  };
  useLayoutEffect(() => {
    const el = box.current;
    if (!el || !state || state.window.lines.length === 0) return;
    if (!shown.current && wanted !== undefined) {
      const marked = el.querySelector<HTMLElement>('.line-marked');
      if (marked) el.scrollTop = marked.offsetTop - el.clientHeight / 3;
    } else if (state.following || !shown.current) {
      el.scrollTop = el.scrollHeight;
    } else if (anchor.current) {
      const line = el.querySelector<HTMLElement>(`[data-line="${anchor.current.line}"]`);
      if (line) el.scrollTop = line.offsetTop - anchor.current.top;
    }
    shown.current = true;
    remember();
  }, [state]);
  return remember;
}
