// SPDX-License-Identifier: Apache-2.0
// Which builders a list shows; the address holds what was chosen.
import type { Builder } from '../api/records';
import { withQuery } from './route';

export interface Filter {
  text: string;
  /** Those that a builder must have; one that begins with "-" is one that it must not have. */
  tags: readonly string[];
  projectid: number | undefined;
  old: boolean;
}

/** Builders that no configuration has any more are old; virtual ones belong to triggered steps. */
export function isOld(builder: Builder): boolean {
  return builder.masterids.length === 0;
}

export function readFilter(query: URLSearchParams): Filter {
  const project = Number(query.get('project') || Number.NaN);
  return {
    text: query.get('q') ?? '',
    // Buildbot's links have "+tag" for a tag that must be there.
    tags: query.getAll('tags').flatMap((value) => value.split(',')).map((tag) => tag.trim().replace(/^\+/, '')).filter(Boolean),
    projectid: Number.isInteger(project) ? project : undefined,
    old: query.get('old') === '1',
  };
}

/** The address of a page ("#/builders") that shows what the filter lets through; `more` is what else it holds. */
export function linkOf(filter: Filter, page = '#/builders', more: Record<string, string | number | undefined> = {}): string {
  return withQuery(page, {
    q: filter.text || undefined, tags: filter.tags.join(',') || undefined, project: filter.projectid, old: filter.old ? 1 : undefined, ...more,
  });
}

/** On, then excluded, then off again. */
export function turnTag(tags: readonly string[], tag: string): string[] {
  const others = tags.filter((each) => each !== tag && each !== `-${tag}`);
  if (tags.includes(tag)) return [...others, `-${tag}`];
  return tags.includes(`-${tag}`) ? others : [...others, tag];
}

export function filterBuilders(builders: readonly Builder[], filter: Filter): Builder[] {
  const text = filter.text.trim().toLowerCase();
  const has = (b: Builder, tag: string) => (tag.startsWith('-') ? !b.tags.includes(tag.slice(1)) : b.tags.includes(tag));
  return builders
    .filter((b) => filter.old || !isOld(b))
    .filter((b) => filter.projectid === undefined || b.projectid === filter.projectid)
    .filter((b) => b.name.toLowerCase().includes(text) || (b.description ?? '').toLowerCase().includes(text))
    .filter((b) => filter.tags.every((tag) => has(b, tag)))
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}
