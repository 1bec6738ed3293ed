// SPDX-License-Identifier: Apache-2.0
// A builder's part of a slipway.yaml, as its author wrote it.
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';

export interface Part {
  text: string;
  /** Number of its first line in the file, from 1. */
  line: number;
}

function nameOf(item: Node): unknown {
  return isMap(item) ? item.get('name') : isScalar(item) ? item.value : undefined;
}

/** Takes the part's own indentation away, and the comments that belong to what follows. */
function outdented(text: string, column: number): string {
  const lines = text.replace(/\s+$/, '').split('\n');
  return lines.map((line, i) => (i > 0 && line.slice(0, column).trim() === '' ? line.slice(column) : line)).join('\n');
}

/** Undefined where the file has no such builder: it is of an older configuration, or was made for a name that a build asked for. */
export function builderPart(yaml: string, name: string): Part | undefined {
  const lines = new LineCounter();
  const builders = parseDocument(yaml, { lineCounter: lines, logLevel: 'silent' }).get('builders');
  if (!isSeq<Node>(builders)) return undefined;
  const item = builders.items.find((each) => nameOf(each) === name);
  if (!item?.range) return undefined;
  const [from, to] = item.range;
  const { line, col } = lines.linePos(from);
  return { text: outdented(yaml.slice(from, to), col - 1), line };
}
