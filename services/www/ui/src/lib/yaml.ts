// SPDX-License-Identifier: Apache-2.0
// Colours for YAML, line by line: enough to find one's way in a slipway.yaml, not a parser.

export type YamlKind = 'key' | 'text' | 'value' | 'comment' | 'sign' | 'plain';

export interface YamlPart {
  kind: YamlKind;
  text: string;
}

/** In this order: what an earlier one takes, no later one gets. */
const RULES: readonly [YamlKind, RegExp][] = [
  ['comment', /^#.*/],
  ['text', /^"(?:\\.|[^"\\])*"(?!\s*:(?:\s|$))|^'(?:''|[^'])*'(?!\s*:(?:\s|$))/],
  ['key', /^(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|(?!- )[\w.$/*-][^:#{}[\],"']*?)(?=\s*:(?:\s|$))/],
  ['value', /^(?:true|false|null|~|-?\d+(?:\.\d+)?(?:ms|s|m|h|d|KiB|MiB|GiB)?)(?=\s*(?:[,\]}#]|$))/],
  ['sign', /^(?:- |-$|[:{}[\],|>&*!]+)/],
  ['plain', /^(?:\s+|[^\s:{}[\],#]+|.)/],
];

/** The rest of a line that begins with none of these is text: a word is not a key in its middle. */
export function yamlParts(line: string): YamlPart[] {
  const parts: YamlPart[] = [];
  for (let rest = line; rest !== '';) {
    const before = parts.at(-1);
    // "#" within a word is none of a comment's.
    const [kind, text] = first(rest, before === undefined || /\s$/.test(before.text));
    if (before && before.kind === kind) before.text += text;
    else parts.push({ kind, text });
    rest = rest.slice(text.length);
  }
  return parts;
}

function first(rest: string, atWord: boolean): [YamlKind, string] {
  for (const [kind, pattern] of RULES) {
    if (kind === 'comment' && !atWord) continue;
    const found = pattern.exec(rest)?.[0];
    if (found) return [kind, found];
  }
  return ['plain', rest];
}
