// SPDX-License-Identifier: Apache-2.0
// The console on a narrow window: each change with the builds that it got, by the builder's name.
import { ChangeCell } from '../../components/changecell';
import { BuildBubble } from '../../components/status';
import type { Line } from '../../lib/revisions';
import { href } from '../../lib/route';
import type { TagColumn } from '../../lib/taggroups';
import { t } from '../../text';

export function ConsoleList({ lines, columns }: { lines: readonly Line[]; columns: readonly TagColumn[] }) {
  return (
    <ul class="rows panel" data-testid="console">
      {lines.map((line) => (
        <li key={line.key} class="console-item" data-testid="console-row">
          <ChangeCell line={line} />
          <ul class="console-builds">
            {columns.map(({ builder }) => {
              const newest = line.builds.get(builder.builderid)?.[0];
              return newest && (
                <li key={builder.builderid}><a class="clip" href={href('builders', builder.builderid)}>{builder.name}</a> <BuildBubble build={newest} /></li>
              );
            })}
            {line.builds.size === 0 && <li class="muted">{t.console.notBuilt}</li>}
          </ul>
        </li>
      ))}
    </ul>
  );
}
