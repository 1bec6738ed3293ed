// SPDX-License-Identifier: Apache-2.0
// Builders grouped by their tags, groups within groups, as Buildbot's console has them.
import type { Builder } from '../api/records';
import { ownTags } from './matrix';

export interface TagColumn {
  builder: Builder;
  /** The tags of the groups that it stands in, the widest first. */
  path: readonly string[];
}

/**
 * The builders in the order of their groups. Each time the tag that most of them have makes a group, within which the
 * same is done with the tags that are left; a tag that all or only one of them have groups nothing.
 */
export function groupByTags(builders: readonly Builder[], path: readonly string[] = []): TagColumn[] {
  const counts = new Map<string, number>();
  for (const builder of builders) for (const tag of ownTags(builder.tags)) if (!path.includes(tag)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const useful = [...counts].filter(([, n]) => n > 1 && n < builders.length);
  const [tag] = useful.sort(([a, n], [b, m]) => m - n || a.localeCompare(b))[0] ?? [];
  if (tag === undefined) return builders.map((builder) => ({ builder, path }));
  const inside = builders.filter((b) => b.tags.includes(tag));
  const outside = builders.filter((b) => !b.tags.includes(tag));
  return [...groupByTags(inside, [...path, tag]), ...groupByTags(outside, path)];
}

export interface HeadCell {
  /** Undefined over builders that stand in no group of this level. */
  tag: string | undefined;
  /** The group's whole path, by which it is known. */
  path: string;
  span: number;
}

/** The rows of group names above the columns, one for each level. */
export function headRows(columns: readonly TagColumn[]): HeadCell[][] {
  const depth = Math.max(0, ...columns.map((c) => c.path.length));
  return Array.from({ length: depth }, (_, level) => {
    const row: HeadCell[] = [];
    for (const { path } of columns) {
      const own = path.slice(0, level + 1).join('/');
      const last = row.at(-1);
      if (last && last.path === own && last.tag === path[level]) last.span += 1;
      else row.push({ tag: path[level], path: own, span: 1 });
    }
    return row;
  });
}
