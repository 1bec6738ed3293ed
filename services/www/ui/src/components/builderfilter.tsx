// SPDX-License-Identifier: Apache-2.0
// Chooses builders by name, tag and project; the address of the page holds the choice.
import type { Builder, Project } from '../api/records';
import { isOld, turnTag, type Filter } from '../lib/builderfilter';
import { ownTags } from '../lib/matrix';
import { navigate } from '../lib/router';
import * as specs from '../lib/specs';
import { useCollection } from '../live/hooks';
import { t } from '../text';

interface Props {
  builders: readonly Builder[];
  filter: Filter;
  /** The address with another filter. */
  link: (filter: Filter) => string;
}

export function BuilderFields({ builders, filter, link }: Props) {
  const projects = useCollection<Project>(specs.projects());
  const change = (part: Partial<Filter>) => navigate(link({ ...filter, ...part }), true);
  return (
    <>
      <input
        type="search" class="search" placeholder={t.overview.find} aria-label={t.overview.find} data-testid="find-builder"
        value={filter.text} onInput={(e) => change({ text: e.currentTarget.value })}
      />
      {(projects.data?.length ?? 0) > 0 && (
        <select
          aria-label={t.overview.project} value={filter.projectid ?? ''} data-testid="filter-project"
          onChange={(e) => change({ projectid: Number(e.currentTarget.value) || undefined })}
        >
          <option value="">{t.overview.anyProject}</option>
          {projects.data?.map((p: Project) => <option key={p.projectid} value={p.projectid}>{p.name}</option>)}
        </select>
      )}
      {(filter.old || builders.some(isOld)) && (
        <label class="check">
          <input type="checkbox" checked={filter.old} onChange={(e) => change({ old: e.currentTarget.checked })} /> {t.overview.showOld}
        </label>
      )}
    </>
  );
}

/** Each tag is a link that turns itself on, against, and off, so that a choice of tags has an address. */
export function TagBar({ builders, filter, link }: Props) {
  const named = filter.tags.map((tag) => tag.replace(/^-/, ''));
  const all = [...new Set([...builders.flatMap((b) => ownTags(b.tags)), ...named])].sort();
  if (all.length === 0) return null;
  return (
    <nav class="tag-bar" aria-label={t.overview.filterByTag}>
      {all.map((tag) => {
        const against = filter.tags.includes(`-${tag}`);
        return (
          <a
            key={tag} class={against ? 'tag tag-against' : 'tag'} href={link({ ...filter, tags: turnTag(filter.tags, tag) })}
            aria-current={against || filter.tags.includes(tag) ? 'true' : undefined}
          >
            {against ? `− ${tag}` : tag}
          </a>
        );
      })}
      {filter.tags.length > 0 && <a href={link({ ...filter, tags: [] })}>{t.overview.clear}</a>}
    </nav>
  );
}
