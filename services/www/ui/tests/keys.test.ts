// SPDX-License-Identifier: Apache-2.0
// Tests of keyboard shortcuts: which keys are whose, and what they are called.
import { describe, expect, it } from 'vitest';
import { findShortcut, keyName, type Shortcut } from '../src/lib/keys';

const row = (keys: string, text: string): Shortcut => ({ keys, text, run: () => {} });
const ALL = [row('/', 'frame'), row('g h', 'home'), row('g b', 'builders'), row('/', 'page')];
const pressed = (key: string, more: Partial<KeyboardEvent> = {}) => keyName({ key, ...more } as KeyboardEvent);

describe('a shortcut', () => {
  it('of the page comes before that of the frame', () => {
    expect(findShortcut(ALL, '/').hit?.text).toBe('page');
  });

  it('of two keys is waited for', () => {
    expect(findShortcut(ALL, 'g')).toEqual({ hit: undefined, more: true });
    expect(findShortcut(ALL, 'g b').hit?.text).toBe('builders');
    expect(findShortcut(ALL, 'g x')).toEqual({ hit: undefined, more: false });
  });
});

describe('the name of a key', () => {
  it('is its own, with Control or Command before it', () => {
    expect([pressed('j'), pressed('?'), pressed('K', { ctrlKey: true }), pressed('k', { metaKey: true })]).toEqual(['j', '?', 'Ctrl+k', 'Ctrl+k']);
  });

  it('is none for those that only change others, and while words are composed', () => {
    expect([pressed('Shift'), pressed('Control', { ctrlKey: true }), pressed('j', { isComposing: true }), pressed('j', { altKey: true })])
      .toEqual([undefined, undefined, undefined, undefined]);
  });
});
