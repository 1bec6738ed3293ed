// SPDX-License-Identifier: Apache-2.0
// The console on a wide window. A group that is closed is one column, with the worst result of its builders.
import type { Build } from '../../api/records';
import { ChangeCell } from '../../components/changecell';
import { BuildBubble, StatusBadge } from '../../components/status';
import { statusOf, worst } from '../../lib/results';
import type { Line } from '../../lib/revisions';
import { href } from '../../lib/route';
import { headRows, type TagColumn } from '../../lib/taggroups';
import { t } from '../../text';

/** In a cell; more of them are on the builder's page. */
const SHOWN = 3;

interface Props {
  lines: readonly Line[];
  columns: readonly TagColumn[];
  closed: ReadonlySet<string>;
  onTurn: (path: string) => void;
}

/** A column of the table: one builder, or all of a group that is closed. */
interface Shown {
  key: string;
  path: readonly string[];
  members: readonly TagColumn[];
  closed: string | undefined;
}

function shownColumns(columns: readonly TagColumn[], closed: ReadonlySet<string>): Shown[] {
  const shown: Shown[] = [];
  for (const column of columns) {
    const group = column.path.map((_, i) => column.path.slice(0, i + 1).join('/')).find((path) => closed.has(path));
    const last = shown.at(-1);
    if (group !== undefined && last?.closed === group) shown[shown.length - 1] = { ...last, members: [...last.members, column] };
    else if (group !== undefined) shown.push({ key: group, path: group.split('/'), members: [column], closed: group });
    else shown.push({ key: String(column.builder.builderid), path: column.path, members: [column], closed: undefined });
  }
  return shown;
}

export function ConsoleTable({ lines, columns, closed, onTurn }: Props) {
  const shown = shownColumns(columns, closed);
  const heads = headRows(shown.map((s) => ({ builder: s.members[0]!.builder, path: s.path })));
  return (
    <div class="matrix" tabIndex={0} role="region" aria-label={t.nav.console}>
      <table data-testid="console">
        <thead>
          {heads.map((row, level) => (
            <tr key={level}>
              {level === 0 && <th class="matrix-corner" rowSpan={heads.length + 1} scope="col">{t.console.change}</th>}
              {row.map((cell, i) =>
                cell.tag === undefined ? <td key={i} class="matrix-group" colSpan={cell.span} /> : (
                  <th key={i} class="matrix-group" colSpan={cell.span} scope="colgroup">
                    <button type="button" class="button quiet small" aria-expanded={!closed.has(cell.path)} onClick={() => onTurn(cell.path)} data-testid="tag-group">
                      {closed.has(cell.path) ? '▸' : '▾'} {cell.tag}
                    </button>
                  </th>
                ),
              )}
            </tr>
          ))}
          <tr>
            {heads.length === 0 && <th class="matrix-corner" scope="col">{t.console.change}</th>}
            {shown.map((column) => (
              <th key={column.key} class="matrix-builder" scope="col">
                {column.closed === undefined
                  ? <a href={href('builders', column.members[0]!.builder.builderid)} title={column.members[0]!.builder.name}><span>{column.members[0]!.builder.name}</span></a>
                  : <span>{t.overview.shown(column.members.length, column.members.length)}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key} data-testid="console-row">
              <th scope="row" class="matrix-line"><ChangeCell line={line} /></th>
              {shown.map((column) => <Cell key={column.key} line={line} column={column} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ line, column }: { line: Line; column: Shown }) {
  const builds = column.members.flatMap(({ builder }) => line.builds.get(builder.builderid)?.slice(0, column.closed ? 1 : SHOWN) ?? []);
  if (builds.length === 0) return <td><span class="sr-only">{t.console.notBuilt}</span></td>;
  if (column.closed !== undefined) return <td><Together builds={builds} /></td>;
  return <td><span class="matrix-builds">{builds.map((build) => <BuildBubble key={build.buildid} build={build} />)}</span></td>;
}

function Together({ builds }: { builds: readonly Build[] }) {
  const status = worst(builds.map(statusOf));
  return <StatusBadge status={status} text={String(builds.filter((b) => statusOf(b) === status).length)} />;
}
