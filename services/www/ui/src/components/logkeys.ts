// SPDX-License-Identifier: Apache-2.0
// The keys of a log's own page.
import type { RefObject } from 'preact';
import type { Shortcut } from '../lib/keys';
import { changeLogPrefs, logPrefs, nextTimes } from '../lib/logprefs';
import type { LineRange } from '../lib/logrange';
import type { LogViewer } from '../live/logviewer';
import { t } from '../text';
import { copyLink } from './logbar';
import { copyLines } from './logcopy';

export interface KeyActions {
  viewer: LogViewer;
  link: string;
  input: RefObject<HTMLInputElement | null>;
  mark: (range: LineRange) => void;
  find: (direction: 'forward' | 'backward', errors: boolean) => void;
}

/** Moves the mark by a line, or lets it grow; the first one is in sight. */
function step({ viewer, mark }: KeyActions, by: 1 | -1, grow: boolean): void {
  const rows = viewer.rows.peek();
  const count = rows.count(viewer.total.peek());
  const marked = viewer.marked.peek();
  if (count === 0) return;
  if (!marked) {
    const line = viewer.scroller?.first() ?? 0;
    return mark({ from: line, to: line });
  }
  const edge = by > 0 ? marked.to : marked.from;
  const line = rows.line(Math.min(count - 1, Math.max(0, rows.row(edge) + by)));
  mark(grow ? { from: Math.min(marked.from, line), to: Math.max(marked.to, line) } : { from: line, to: line });
  viewer.show(line);
}

export function logKeys(actions: KeyActions): Shortcut[] {
  const { viewer, link, input, find } = actions;
  const texts = t.log.keys;
  const marked = () => viewer.marked.peek();
  return [
    { keys: 'j', text: texts.next, run: () => step(actions, 1, false) },
    { keys: 'k', text: texts.previous, run: () => step(actions, -1, false) },
    { keys: 'J', text: texts.extendDown, run: () => step(actions, 1, true) },
    { keys: 'K', text: texts.extendUp, run: () => step(actions, -1, true) },
    { keys: 'g g', text: texts.top, run: () => viewer.scroller?.toStart() },
    { keys: 'G', text: texts.end, run: () => viewer.scroller?.toEnd() },
    { keys: '/', text: texts.find, run: () => input.current?.select() },
    { keys: 'n', text: texts.nextMatch, run: () => find('forward', false) },
    { keys: 'N', text: texts.previousMatch, run: () => find('backward', false) },
    { keys: 'e', text: texts.nextError, run: () => find('forward', true) },
    { keys: 'E', text: texts.previousError, run: () => find('backward', true) },
    { keys: 'f', text: texts.follow, run: () => (viewer.following.peek() ? viewer.follow(false) : viewer.scroller?.toEnd()) },
    { keys: 'w', text: texts.wrap, run: () => changeLogPrefs({ wrap: !logPrefs.peek().wrap }) },
    { keys: 't', text: texts.times, run: () => changeLogPrefs({ times: nextTimes(logPrefs.peek().times) }) },
    { keys: 'z', text: texts.fold, run: () => void viewer.toggle(marked()?.from ?? viewer.scroller?.first() ?? 0) },
    { keys: 'Z', text: texts.foldAll, run: () => void viewer.toggleAll() },
    { keys: 'c', text: texts.copyText, run: () => void (marked() && copyLines(viewer, marked()!.from, marked()!.to)) },
    { keys: 'l', text: texts.copyLink, run: () => copyLink(viewer, link) },
  ];
}
