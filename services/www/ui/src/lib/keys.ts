// SPDX-License-Identifier: Apache-2.0
// Keyboard shortcuts: single keys ("/", "?") and sequences ("g h"), each known with its text for as long as it works.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

export interface Shortcut {
  /** Keys as KeyboardEvent.key names them, separated by spaces when they follow each other. */
  keys: string;
  /** What it does, for the list of shortcuts. */
  text: string;
  run: () => void;
}

/** All that work now; a page's come after those of the frame. */
export const shortcuts = signal<readonly Shortcut[]>([]);

/** The second key of a sequence must come within this time, in ms. */
const WITHIN = 1500;

/** Which shortcut the keys pressed so far are, and whether more keys may follow. Later rows win. */
export function findShortcut(all: readonly Shortcut[], pressed: string): { hit: Shortcut | undefined; more: boolean } {
  const hit = all.findLast((row) => row.keys === pressed);
  return { hit, more: all.some((row) => row.keys.startsWith(`${pressed} `)) };
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function startKeys(): void {
  let pressed = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const forget = () => (pressed = '');
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    // A dialog has keys of its own, and letters that are typed mean themselves.
    if (isTyping(event.target) || document.querySelector('dialog[open]') || event.key === 'Shift') return;
    clearTimeout(timer);
    const tried = [pressed ? `${pressed} ${event.key}` : '', event.key].filter(Boolean);
    for (const keys of tried) {
      const { hit, more } = findShortcut(shortcuts.peek(), keys);
      if (!hit && !more) continue;
      event.preventDefault();
      pressed = more ? keys : '';
      timer = setTimeout(forget, WITHIN);
      hit?.run();
      return;
    }
    forget();
  });
}

/** Shortcuts that work while the component is on screen. */
export function useShortcuts(rows: readonly Shortcut[]): void {
  useEffect(() => {
    shortcuts.value = [...shortcuts.peek(), ...rows];
    return () => {
      shortcuts.value = shortcuts.peek().filter((row) => !rows.includes(row));
    };
  });
}
