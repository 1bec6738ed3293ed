// SPDX-License-Identifier: Apache-2.0
// A unified diff as rows with the numbers of their lines.

export type DiffKind = 'hunk' | 'same' | 'added' | 'removed' | 'note';

export interface DiffRow {
  kind: DiffKind;
  old: number | undefined;
  new: number | undefined;
  text: string;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

export function parseDiff(diff: string): DiffRow[] {
  const rows: DiffRow[] = [];
  let before = 0;
  let after = 0;
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    const hunk = HUNK.exec(line);
    if (hunk) {
      [before, after] = [Number(hunk[1]), Number(hunk[2])];
      rows.push({ kind: 'hunk', old: undefined, new: undefined, text: line });
    } else if (before === 0 && after === 0) {
      // The names of both sides stand above the first hunk.
      continue;
    } else if (line.startsWith('+')) {
      rows.push({ kind: 'added', old: undefined, new: after++, text: line.slice(1) });
    } else if (line.startsWith('-')) {
      rows.push({ kind: 'removed', old: before++, new: undefined, text: line.slice(1) });
    } else if (line.startsWith('\\')) {
      rows.push({ kind: 'note', old: undefined, new: undefined, text: line.slice(2) });
    } else {
      rows.push({ kind: 'same', old: before++, new: after++, text: line.slice(1) });
    }
  }
  return rows;
}
