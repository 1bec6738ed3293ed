// SPDX-License-Identifier: Apache-2.0
// Every change that came, the newest first, with the builds that were made of it; the address has the filter.
import type { Change } from '../../api/records';
import { ChangeList } from '../../components/changelist';
import { limitOf, More } from '../../components/more';
import { Await, Empty, EmptyState } from '../../components/notice';
import { useTitle } from '../../components/panel';
import type { PageProps } from '../../lib/pages';
import { changes as changesSpec, NO_FILTER, type ChangeFilter } from '../../lib/plantspecs';
import { withQuery } from '../../lib/route';
import { navigate } from '../../lib/router';
import { useCollection } from '../../live/hooks';
import '../../styles/pages/sources.css';
import { t } from '../../text';

const PAGE = 30;
const FIELDS = ['branch', 'author', 'repository', 'project'] as const;

function linkOf(filter: ChangeFilter): string {
  return withQuery('#/changes', Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, value || undefined])));
}

export default function ChangesPage({ query }: PageProps) {
  useTitle(t.nav.changes);
  const limit = limitOf(query, PAGE);
  const filter = Object.fromEntries(FIELDS.map((name) => [name, query.get(name) ?? ''])) as unknown as ChangeFilter;
  const isFiltered = Object.values(filter).some(Boolean);
  const changes = useCollection<Change>(changesSpec(limit, filter));
  return (
    <div class="page">
      <header class="page-head"><h1>{t.nav.changes}</h1></header>
      {(isFiltered || (changes.data?.length ?? 0) > 0) && <Filters filter={filter} known={changes.data ?? []} />}
      <Await of={changes} lines={8}>
        {(list) => (list.length > 0 ? <ChangeList changes={list} only={(part) => linkOf({ ...filter, ...part })} /> : <None filtered={isFiltered} />)}
      </Await>
      <More link="#/changes" query={query} step={PAGE} shown={changes.data?.length ?? 0} />
    </div>
  );
}

function Filters({ filter, known }: { filter: ChangeFilter; known: readonly Change[] }) {
  const set = (part: Partial<ChangeFilter>) => navigate(linkOf({ ...filter, ...part }), true);
  return (
    <form class="row-form search-form" role="search" aria-label={t.nav.changes} onSubmit={(event) => event.preventDefault()}>
      {FIELDS.map((name) => {
        const values = [...new Set(known.map((change) => change[name]).filter(Boolean))] as string[];
        return (
          <label key={name} class="field">
            <span class="field-label">{t.sources[name]}</span>
            <input
              type="search" list={`known-${name}`} value={filter[name]} data-testid={`filter-${name}`}
              onChange={(e) => set({ [name]: e.currentTarget.value.trim() })}
            />
            <datalist id={`known-${name}`}>{values.map((value) => <option key={value} value={value} />)}</datalist>
          </label>
        );
      })}
    </form>
  );
}

function None({ filtered }: { filtered: boolean }) {
  if (filtered) return <Empty>{t.sources.noneMatch} <a href={linkOf(NO_FILTER)}>{t.sources.clear}</a></Empty>;
  return (
    <EmptyState title={t.sources.none}>
      <p>{t.sources.howToGet}</p>
      <code>slipway send-change --repository URL --branch main --revision REV --who you</code>
    </EmptyState>
  );
}
