// SPDX-License-Identifier: Apache-2.0
// Tests of the catalogues: every text is there in every language, and nothing that is shown is written elsewhere.
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { countingIn } from '../src/text/plural';
import { en } from '../src/text/en';
import { zh } from '../src/text/zh';

type Text = string | ((...values: never[]) => unknown) | readonly unknown[] | { [name: string]: unknown };

/** Values that a text may be a function of. */
const SAMPLES: readonly unknown[] = [3, 'abc', ['abc'], { name: 'abc' }, true];

function said(text: (...values: never[]) => unknown): unknown {
  for (const sample of SAMPLES) {
    try {
      return text(...(Array(Math.max(1, text.length)).fill(sample) as never[]));
    } catch {
      // It is a function of something else.
    }
  }
  return undefined;
}

/** Every text with its name: ["nav.home", "Home"]. */
function textsOf(of: Text, name = ''): [string, unknown][] {
  if (typeof of === 'function') return [[name, said(of)]];
  if (typeof of !== 'object') return [[name, of]];
  return Object.entries(of).flatMap(([key, value]) => textsOf(value as Text, name ? `${name}.${key}` : key));
}

/** Empty on purpose: what has no hint. */
const MAY_BE_EMPTY = /^settings\.hints\./;
/** Written alike everywhere: units, examples, names of things. */
const ALIKE = /^(search\.(examples|hints)\.|units\.|nav\.|common\.)/;

describe.each([['English', en], ['Chinese', zh]] as const)('the %s catalogue', (_, catalogue) => {
  it('says something everywhere', () => {
    const empty = textsOf(catalogue as Text).filter(([name, text]) => (text === '' || text === undefined) && !MAY_BE_EMPTY.test(name));
    expect(empty).toEqual([]);
    const odd = textsOf(catalogue as Text).filter(([, text]) => /undefined|\[object|NaN/.test(String(text)));
    expect(odd).toEqual([]);
  });
});

it('Chinese is Chinese', () => {
  const english = new Map(textsOf(en as Text));
  const left = textsOf(zh as Text).filter(([name, text]) =>
    typeof text === 'string' && /[a-z]{2}/i.test(text) && !/\p{Script=Han}/u.test(text) && text === english.get(name) && !ALIKE.test(name));
  expect(left).toEqual([]);
});

it('counts by the rules of the language', () => {
  const count = countingIn('en');
  const line = (n: number) => count(n, { one: 'line', other: 'lines' });
  expect([line(0), line(1), line(2), line(12_000)]).toEqual(['0 lines', '1 line', '2 lines', '12,000 lines']);
});

const COMPONENTS = import.meta.glob<string>('../src/**/*.tsx', { query: '?raw', import: 'default', eager: true });

/** Attributes that somebody sees or hears. */
const HEARD = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'text', 'aria-description', 'aria-roledescription', 'action', 'none', 'aside']);
const isWords = (text: string) => /\p{L}{2}/u.test(text);
/** What a brand or a key is called everywhere. */
const NAMES = new Set(['Slipway', 'Ctrl K', 'Esc', 'Aa', 'SHA-256']);

/** Literal words that the component shows, with their lines. */
function written(name: string): string[] {
  const source = ts.createSourceFile(name, COMPONENTS[name]!, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const note = (node: ts.Node, text: string) => {
    if (isWords(text) && !NAMES.has(text.trim())) found.push(`${name}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${text.trim()}`);
  };
  const literal = (node: ts.Node | undefined): void => {
    if (node === undefined) return;
    if (ts.isStringLiteralLike(node)) note(node, node.text);
    else if (ts.isTemplateExpression(node)) [node.head, ...node.templateSpans.map((span) => span.literal)].forEach((part) => note(part, part.text));
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(literal);
    else if (ts.isParenthesizedExpression(node) || ts.isJsxExpression(node)) literal(node.expression);
    else if (ts.isBinaryExpression(node)) binary(node);
  };
  const binary = ({ left, operatorToken: { kind }, right }: ts.BinaryExpression): void => {
    const isOr = [ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.PlusToken].includes(kind);
    if (isOr) literal(left);
    if (isOr || kind === ts.SyntaxKind.AmpersandAmpersandToken) literal(right);
  };
  const visit = (node: ts.Node): void => {
    // What a machine reads is alike in every language.
    if (ts.isJsxElement(node) && /^(pre|code|kbd)$/.test(node.openingElement.tagName.getText())) return;
    if (ts.isJsxText(node)) note(node, node.text);
    else if (ts.isJsxAttribute(node) && HEARD.has(node.name.getText())) literal(node.initializer);
    else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) literal(node.expression);
    else if (ts.isCallExpression(node) && ['tell', 'useTitle', 'askToSignIn', 'withRights'].includes(node.expression.getText())) literal(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('nothing that is shown is written in a component', () => {
  it.each(Object.keys(COMPONENTS))('%s', (name) => expect(written(name)).toEqual([]));
});
