// SPDX-License-Identifier: Apache-2.0
// The differences of two texts, line by line; long lines wrap, so that they can be read on a phone.
import type { DiffKind, DiffRow } from '../lib/diff';
import { YamlLine } from './yamlview';

const SIGNS: Partial<Record<DiffKind, string>> = { added: '+', removed: '−' };

export function DiffView({ rows, label }: { rows: readonly DiffRow[]; label: string }) {
  return (
    <div class="code-box diff" role="region" aria-label={label} tabIndex={0} data-testid="diff">
      {rows.map((row, i) => (
        <div key={i} class={`diff-line diff-${row.kind}`}>
          <span class="code-number">{row.old}</span>
          <span class="code-number">{row.new}</span>
          <span class="diff-sign">{SIGNS[row.kind]}</span>
          {row.kind === 'hunk' || row.kind === 'note' ? <span class="code-text">{row.text}</span> : <YamlLine line={row.text} />}
        </div>
      ))}
    </div>
  );
}
