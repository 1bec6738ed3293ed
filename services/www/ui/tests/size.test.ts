// SPDX-License-Identifier: Apache-2.0
// No function is longer than 60 lines, no file longer than 400: beyond, it does more than one thing.
import ts from 'typescript';
import { expect, it } from 'vitest';

const FILES = import.meta.glob<string>(['../src/**/*.ts', '../src/**/*.tsx', './*.ts', '!../src/api/schema.ts'], { query: '?raw', import: 'default', eager: true });
const MOST = { file: 400, function: 60 };

function isNamed(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isConstructorDeclaration(node);
}

/** "logfeed.ts:31 (69 lines)" for each that is too long. */
function longFunctions(name: string, text: string): string[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true, name.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  const line = (at: number) => source.getLineAndCharacterOfPosition(at).line + 1;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const lines = line(node.getEnd()) - line(node.getStart()) + 1;
    // What describe() is given is a list of tests.
    const isList = ts.isCallExpression(node.parent ?? node) && /^describe\b/.test((node.parent as ts.CallExpression).expression.getText());
    if (isNamed(node) && lines > MOST.function && !isList) found.push(`${name}:${line(node.getStart())} (${lines} lines)`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

it('functions are short', () => expect(Object.entries(FILES).flatMap(([name, text]) => longFunctions(name, text))).toEqual([]));

it('files are short', () => {
  const long = Object.entries(FILES).map(([name, text]) => [name, text.trimEnd().split('\n').length] as const).filter(([, lines]) => lines > MOST.file);
  expect(long).toEqual([]);
});
