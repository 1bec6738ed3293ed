// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseDiff } from '../src/lib/diff';
import { yamlParts } from '../src/lib/yaml';

const kinds = (line: string) => yamlParts(line).filter((p) => p.text.trim()).map((p) => `${p.kind}:${p.text.trim()}`);

describe('YAML in colours', () => {
  it('knows keys, texts, values and comments', () => {
    expect(kinds('  - name: "a: b" # why')).toEqual(['sign:-', 'key:name', 'sign::', 'text:"a: b"', 'comment:# why']);
    expect(kinds('poll_interval: 30s')).toEqual(['key:poll_interval', 'sign::', 'value:30s']);
    expect(kinds('git: {}')).toEqual(['key:git', 'sign::', 'sign:{}']);
  });
  it('leaves nothing out', () => {
    for (const line of ['', '   ', 'url: https://x.org/#a', "- run: 'it''s'", 'a: [1, two]', '\tx: |', '"k": v', 'plain words here', '"open'])
      expect(yamlParts(line).map((p) => p.text).join('')).toBe(line);
  });
  it('takes no "#" within a word for a comment', () => {
    expect(kinds('run: echo a#b').some((k) => k.startsWith('comment'))).toBe(false);
  });
});

describe('a unified diff', () => {
  it('has the numbers of its lines', () => {
    const rows = parseDiff('--- version 1\n+++ version 2\n@@ -3,3 +3,3 @@\n a\n-b\n+c\n d\n\\ No newline at end of file\n');
    expect(rows.map((r) => [r.kind, r.old, r.new, r.text])).toEqual([
      ['hunk', undefined, undefined, '@@ -3,3 +3,3 @@'], ['same', 3, 3, 'a'], ['removed', 4, undefined, 'b'],
      ['added', undefined, 4, 'c'], ['same', 5, 5, 'd'], ['note', undefined, undefined, 'No newline at end of file'],
    ]);
  });
  it('is empty when nothing differs', () => {
    expect(parseDiff('')).toEqual([]);
  });
  it('has the lines of a first version', () => {
    expect(parseDiff('--- nothing\n+++ version 1\n@@ -0,0 +1,2 @@\n+a\n+b\n').map((r) => r.new)).toEqual([undefined, 1, 2]);
  });
});
