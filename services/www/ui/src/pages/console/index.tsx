// SPDX-License-Identifier: Apache-2.0
// The console: changes down, builders across in groups of their tags, and in each cell what became of the change there.
import type { Build, Builder, Change } from '../../api/records';
import { BuilderFields, TagBar } from '../../components/builderfilter';
import { Await, EmptyState } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { filterBuilders, linkOf, readFilter, type Filter } from '../../lib/builderfilter';
import { narrow } from '../../lib/narrow';
import type { PageProps } from '../../lib/pages';
import { linesOf, type Line } from '../../lib/revisions';
import { navigate } from '../../lib/router';
import * as specs from '../../lib/specs';
import { groupByTags } from '../../lib/taggroups';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';
import '../../styles/pages/matrix.css';
import { ConsoleList } from './list';
import { ConsoleTable } from './table';

const PAGE = 30;
const MOST = 240;
/** Of a change, as many builds as some tens of builders make. */
const BUILDS = 1000;

export default function ConsolePage({ query }: PageProps) {
  useTitle(t.nav.console);
  const limit = Math.min(MOST, Math.max(PAGE, Number(query.get('limit')) || PAGE));
  const branch = query.get('branch') ?? '';
  const filter = readFilter(query);
  const builders = useCollection<Builder>(specs.builders());
  const changes = useCollection<Change>(specs.changes(limit, branch ? { branch } : {}));
  const builds = useCollection<Build>(specs.buildsOfAll(BUILDS));
  const closed = new Set((query.get('closed') ?? '').split(',').filter(Boolean));
  const link = (part: { filter?: Filter; limit?: number; branch?: string; closed?: ReadonlySet<string> }) =>
    linkOf(part.filter ?? filter, '#/console', {
      branch: (part.branch ?? branch) || undefined, closed: [...(part.closed ?? closed)].join(',') || undefined,
      limit: (part.limit ?? limit) === PAGE ? undefined : part.limit ?? limit,
    });
  const turn = (path: string) => {
    const next = new Set(closed);
    if (!next.delete(path)) next.add(path);
    navigate(link({ closed: next }), true);
  };
  const fields = { builders: builders.data ?? [], filter, link: (next: Filter) => link({ filter: next }) };
  const lines = builds.data && changes.data && linesOf(changes.data, ofBranch(builds.data, branch), limit);
  return (
    <div class="page matrix-page">
      <header class="page-head">
        <h1>{t.nav.console}</h1>
        <BuilderFields {...fields} />
        <input type="search" class="search-short" placeholder={t.console.anyBranch} aria-label={t.console.branch} value={branch}
          onChange={(e) => navigate(link({ branch: e.currentTarget.value.trim() }), true)} data-testid="filter-branch" />
      </header>
      <Await of={changes} lines={8}>
        {() => (
          <>
            <TagBar {...fields} />
            {lines && <Lines lines={lines} builders={filterBuilders(builders.data ?? [], filter)} closed={closed} onTurn={turn} />}
            {(changes.data?.length ?? 0) >= limit && limit < MOST && <p class="more"><a class="button" href={link({ limit: limit + PAGE })}>{t.common.showMore}</a></p>}
          </>
        )}
      </Await>
    </div>
  );
}

function ofBranch(builds: readonly Build[], branch: string): readonly Build[] {
  return branch ? builds.filter((b) => b.properties.branch?.[0] === branch) : builds;
}

interface LinesProps {
  lines: readonly Line[];
  builders: readonly Builder[];
  closed: ReadonlySet<string>;
  onTurn: (path: string) => void;
}

function Lines({ lines, builders, closed, onTurn }: LinesProps) {
  if (lines.length === 0) return <EmptyState title={t.console.none}><p>{t.console.noneHint}</p></EmptyState>;
  // A column that has nothing in any row says nothing.
  const columns = groupByTags(builders.filter((b) => lines.some((line) => line.builds.has(b.builderid))));
  if (narrow.value || columns.length === 0) {
    return (
      <>
        {columns.length === 0 && <p class="muted">{t.console.noBuilds}</p>}
        <ConsoleList lines={lines} columns={columns} />
      </>
    );
  }
  return <ConsoleTable lines={lines} columns={columns} closed={closed} onTurn={onTurn} />;
}
