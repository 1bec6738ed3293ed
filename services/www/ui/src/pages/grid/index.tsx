// SPDX-License-Identifier: Apache-2.0
// The grid: builders down, and across either the newest revisions or the branches.
import type { Build, Builder, Change } from '../../api/records';
import { BuilderFields, TagBar } from '../../components/builderfilter';
import { ChangeCell } from '../../components/changecell';
import { Await, Empty, EmptyState } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { BuildBubble } from '../../components/status';
import { filterBuilders, linkOf, readFilter, type Filter } from '../../lib/builderfilter';
import type { PageProps } from '../../lib/pages';
import { branchesOf, branchOf, linesOf, type Line } from '../../lib/revisions';
import { href } from '../../lib/route';
import { navigate } from '../../lib/router';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';
import '../../styles/pages/matrix.css';

const BUILDS = 1000;
const CHANGES = 60;
const REVISIONS = 5;
const BRANCHES = 12;
const SHOWN = 2;

export default function GridPage({ query }: PageProps) {
  useTitle(t.nav.grid);
  const byBranch = query.get('by') === 'branch';
  const branch = query.get('branch') ?? '';
  const revisions = Math.min(20, Math.max(1, Number(query.get('revisions')) || REVISIONS));
  const filter = readFilter(query);
  const builders = useCollection<Builder>(specs.builders());
  const changes = useCollection<Change>(specs.changes(CHANGES));
  const builds = useCollection<Build>(specs.buildsOfAll(BUILDS));
  const link = (part: { filter?: Filter; branch?: string; byBranch?: boolean }) =>
    linkOf(part.filter ?? filter, '#/grid', {
      by: (part.byBranch ?? byBranch) ? 'branch' : undefined, branch: (part.branch ?? branch) || undefined,
      revisions: revisions === REVISIONS ? undefined : revisions,
    });
  const fields = { builders: builders.data ?? [], filter, link: (next: Filter) => link({ filter: next }) };
  const branches = [...new Set((builds.data ?? []).map(branchOf))].filter(Boolean).sort();
  const lines = builds.data && changes.data && (byBranch ? branchesOf(builds.data, BRANCHES) : newest(changes.data, builds.data, branch, revisions));
  return (
    <div class="page matrix-page">
      <header class="page-head">
        <h1>{t.nav.grid}</h1>
        <BuilderFields {...fields} />
        <span class="segments" role="group" aria-label={t.grid.across}>
          <a class="button small" aria-current={byBranch ? undefined : 'true'} href={link({ byBranch: false })}>{t.grid.byRevision}</a>
          <a class="button small" aria-current={byBranch ? 'true' : undefined} href={link({ byBranch: true })} data-testid="by-branch">{t.grid.byBranch}</a>
        </span>
        {!byBranch && (
          <select aria-label={t.console.branch} value={branch} onChange={(e) => navigate(link({ branch: e.currentTarget.value }), true)} data-testid="choose-branch">
            <option value="">{t.console.anyBranch}</option>
            {branches.map((each) => <option key={each}>{each}</option>)}
          </select>
        )}
      </header>
      <Await of={builds} lines={8}>
        {() => (
          <>
            <TagBar {...fields} />
            {lines && <Table lines={lines} builders={filterBuilders(builders.data ?? [], filter)} />}
          </>
        )}
      </Await>
    </div>
  );
}

/** Only revisions that were built have a column. */
function newest(changes: readonly Change[], builds: readonly Build[], branch: string, count: number): Line[] {
  const own = branch ? builds.filter((b) => branchOf(b) === branch) : builds;
  return linesOf(changes, own, Number.POSITIVE_INFINITY).filter((line) => line.builds.size > 0).slice(0, count);
}

function Table({ lines, builders }: { lines: readonly Line[]; builders: readonly Builder[] }) {
  if (lines.length === 0) return <EmptyState title={t.grid.none}><p>{t.console.noneHint}</p></EmptyState>;
  const shown = builders.filter((b) => lines.some((line) => line.builds.has(b.builderid)));
  if (shown.length === 0) return <Empty>{t.console.noBuilds}</Empty>;
  return (
    <div class="matrix" tabIndex={0} role="region" aria-label={t.nav.grid}>
      <table class="grid-table" data-testid="grid">
        <thead>
          <tr>
            <th class="matrix-corner" scope="col">{t.overview.builder}</th>
            {lines.map((line) => (
              <th key={line.key} scope="col">{line.revision ? <ChangeCell line={line} /> : line.branch || t.grid.defaultBranch}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((builder) => (
            <tr key={builder.builderid} data-testid="grid-row">
              <th scope="row" class="matrix-line"><a href={href('builders', builder.builderid)}>{builder.name}</a></th>
              {lines.map((line) => {
                const own = line.builds.get(builder.builderid) ?? [];
                return (
                  <td key={line.key}>
                    {own.length === 0 && <span class="sr-only">{t.console.notBuilt}</span>}
                    <span class="matrix-builds">{own.slice(0, SHOWN).map((build) => <BuildBubble key={build.buildid} build={build} />)}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
