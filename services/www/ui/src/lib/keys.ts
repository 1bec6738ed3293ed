// SPDX-License-Identifier: Apache-2.0
// Keyboard shortcuts: single keys ("/", "?"), sequences ("g h") and chords ("Ctrl+k"), each known with its text for as
// long as it works.
import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';

export interface Shortcut {
  /** Keys as KeyboardEvent.key names them, separated by spaces when they follow each other. */
  keys: string;
  /** What it does, for the list of shortcuts. */
  text: string;
  run: () => void;
}

/** Those of the page that is open; they come before those of the frame. */
export const shortcuts = signal<readonly Shortcut[]>([]);
/** Those that work everywhere. */
export const frameShortcuts = signal<readonly Shortcut[]>([]);

/** The second key of a sequence must come within this time, in ms. */
const WITHIN = 1500;

/** Which shortcut the keys pressed so far are, and whether more keys may follow. Later rows win. */
export function findShortcut(all: readonly Shortcut[], pressed: string): { hit: Shortcut | undefined; more: boolean } {
  const hit = all.findLast((row) => row.keys === pressed);
  return { hit, more: all.some((row) => row.keys.startsWith(`${pressed} `)) };
}

/** "Ctrl+k" with Control, or with Command on a Mac; undefined for keys that mean themselves or nothing to us. */
export function keyName(event: KeyboardEvent): string | undefined {
  if (event.altKey || event.isComposing || /^(Shift|Control|Meta|Alt)$/.test(event.key)) return undefined;
  return event.ctrlKey || event.metaKey ? `Ctrl+${event.key.toLowerCase()}` : event.key;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** A dialog has keys of its own, and letters that are typed mean themselves. */
function isMeantForUs(event: KeyboardEvent, key: string): boolean {
  if (event.defaultPrevented || document.querySelector('dialog[open]')) return false;
  return key.startsWith('Ctrl+') || !isTyping(event.target);
}

export function startKeys(): void {
  let pressed = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const forget = () => (pressed = '');
  addEventListener('keydown', (event) => {
    const key = keyName(event);
    if (key === undefined || !isMeantForUs(event, key)) return;
    clearTimeout(timer);
    const all = [...frameShortcuts.peek(), ...shortcuts.peek()];
    for (const keys of [pressed ? `${pressed} ${key}` : '', key].filter(Boolean)) {
      const { hit, more } = findShortcut(all, keys);
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

/** Shortcuts that work while the component is on screen, from the moment that it is seen. */
export function useShortcuts(rows: readonly Shortcut[]): void {
  useLayoutEffect(() => {
    shortcuts.value = [...shortcuts.peek(), ...rows];
    return () => {
      shortcuts.value = shortcuts.peek().filter((row) => !rows.includes(row));
    };
  });
}

export function useFrameShortcuts(rows: () => readonly Shortcut[]): void {
  useEffect(() => {
    frameShortcuts.value = rows();
  }, [rows]);
}
