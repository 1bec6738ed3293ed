// SPDX-License-Identifier: Apache-2.0
// Every builder with its last builds; a search field, tags and projects narrow the list.
import type { Builder, Project } from '../../api/records';
import { Await, Empty } from '../../components/notice';
import { useTitle } from '../../components/panel';
import type { PageProps } from '../../lib/pages';
import { ownTags } from '../../lib/matrix';
import { navigate } from '../../lib/router';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';
import '../../styles/pages/overview.css';
import { filterBuilders, isOld, linkOf, readFilter, turnTag, type Filter } from './filter';
import { BuilderList } from './list';

export default function BuildersPage({ query }: PageProps) {
  useTitle(t.nav.builders);
  const builders = useCollection<Builder>(specs.builders());
  const projects = useCollection<Project>(specs.projects());
  const filter = readFilter(query);
  const change = (part: Partial<Filter>) => navigate(linkOf({ ...filter, ...part }), true);
  const shown = filterBuilders(builders.data ?? [], filter);
  const current = builders.data?.filter((b) => filter.old || !isOld(b)) ?? [];
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t.nav.builders}</h1>
        <input
          type="search" class="search" placeholder={t.overview.find} aria-label={t.overview.find} data-testid="find-builder"
          value={filter.text} onInput={(e) => change({ text: e.currentTarget.value })}
        />
        <ProjectChoice projects={projects.data ?? []} filter={filter} change={change} />
        {(filter.old || builders.data?.some(isOld)) && (
          <label class="check">
            <input type="checkbox" checked={filter.old} onChange={(e) => change({ old: e.currentTarget.checked })} /> {t.overview.showOld}
          </label>
        )}
        {builders.data && <span class="muted page-count" role="status">{t.overview.shown(shown.length, current.length)}</span>}
      </header>
      <Await of={builders} lines={8}>
        {(list) => (
          <>
            <TagBar builders={list} filter={filter} />
            {shown.length > 0 ? <BuilderList builders={shown} /> : <Empty>{list.length === 0 ? t.overview.describeOne : t.overview.noneMatch}</Empty>}
          </>
        )}
      </Await>
    </div>
  );
}

interface ChoiceProps {
  projects: readonly Project[];
  filter: Filter;
  change: (part: Partial<Filter>) => void;
}

function ProjectChoice({ projects, filter, change }: ChoiceProps) {
  if (projects.length === 0) return null;
  return (
    <select
      aria-label={t.overview.project} value={filter.projectid ?? ''} data-testid="filter-project"
      onChange={(e) => change({ projectid: Number(e.currentTarget.value) || undefined })}
    >
      <option value="">{t.overview.anyProject}</option>
      {projects.map((project) => <option key={project.projectid} value={project.projectid}>{project.name}</option>)}
    </select>
  );
}

/** Each tag is a link that turns itself on, against, and off, so that a choice of tags has an address. */
function TagBar({ builders, filter }: { builders: readonly Builder[]; filter: Filter }) {
  const named = filter.tags.map((tag) => tag.replace(/^-/, ''));
  const all = [...new Set([...builders.flatMap((b) => ownTags(b.tags)), ...named])].sort();
  if (all.length === 0) return null;
  return (
    <nav class="tag-bar" aria-label={t.overview.filterByTag}>
      {all.map((tag) => {
        const against = filter.tags.includes(`-${tag}`);
        return (
          <a
            key={tag} class={against ? 'tag tag-against' : 'tag'} href={linkOf({ ...filter, tags: turnTag(filter.tags, tag) })}
            aria-current={against || filter.tags.includes(tag) ? 'true' : undefined}
          >
            {against ? `− ${tag}` : tag}
          </a>
        );
      })}
      {filter.tags.length > 0 && <a href={linkOf({ ...filter, tags: [] })}>{t.overview.clear}</a>}
    </nav>
  );
}
