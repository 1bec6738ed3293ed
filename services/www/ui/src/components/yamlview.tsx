// SPDX-License-Identifier: Apache-2.0
// A YAML text with the numbers of its lines, of which only those in sight are drawn.
import { useRef } from 'preact/hooks';
import { useWindowVirtual } from '../lib/virtual';
import { yamlParts } from '../lib/yaml';
import { t } from '../text';

const LINE = 20;

/** `first` is the number of the first line. */
export function YamlView({ text, first = 1 }: { text: string; first?: number }) {
  const list = useRef<HTMLDivElement>(null);
  const lines = text.replace(/\n$/, '').split('\n');
  const { items, size, margin } = useWindowVirtual({ count: lines.length, estimateSize: () => LINE, list, overscan: 40 });
  const width = Math.max(...lines.map((line) => line.length));
  return (
    <div class="code-box" role="region" aria-label={t.config.yaml} tabIndex={0} data-testid="yaml">
      <div ref={list} class="code-lines" style={{ height: `${size}px`, minWidth: `${width + 8}ch` }}>
        {items.map((item) => (
          <div key={item.index} class="code-line" style={{ transform: `translateY(${item.start - margin}px)` }}>
            <span class="code-number">{item.index + first}</span>
            <YamlLine line={lines[item.index] ?? ''} />
          </div>
        ))}
      </div>
    </div>
  );
}

export function YamlLine({ line }: { line: string }) {
  return <span class="code-text">{yamlParts(line).map((part, i) => <span key={i} class={`yaml-${part.kind}`}>{part.text}</span>)}</span>;
}
