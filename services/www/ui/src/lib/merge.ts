// SPDX-License-Identifier: Apache-2.0
// Folds a record from a live event into a list that was fetched before.

export interface MergeRules<T> {
  id: keyof T;
  /** Whether a record belongs to the list at all; one that no longer does is taken out. */
  accept?: (record: T) => boolean;
  compare?: (a: T, b: T) => number;
  limit?: number;
}

export function mergeRecord<T extends object>(items: readonly T[], incoming: T, rules: MergeRules<T>): T[] {
  const at = items.findIndex((item) => item[rules.id] === incoming[rules.id]);
  const old = at >= 0 ? items[at] : undefined;
  const record = old ? overlay(old, incoming) : incoming;
  const rest = items.filter((_, index) => index !== at);
  if (rules.accept && !rules.accept(record)) return rest;
  if (at >= 0 && !rules.compare) return items.map((item, index) => (index === at ? record : item));
  const merged = [...rest, record];
  if (rules.compare) merged.sort(rules.compare);
  return rules.limit === undefined ? merged : merged.slice(0, rules.limit);
}

/** Events carry no properties, so that those fetched before must not be wiped by an empty object. */
function overlay<T extends object>(old: T, incoming: T): T {
  const record = { ...old, ...incoming };
  const had = (old as { properties?: object | null }).properties;
  const has = (incoming as { properties?: object | null }).properties;
  if (had && Object.keys(has ?? {}).length === 0) Object.assign(record, { properties: had });
  return record;
}

/** Whether a routing key matches a pattern of equal length, in which `*` stands for any one segment. */
export function matchesTopic(pattern: string, key: string): boolean {
  const p = pattern.split('/');
  const k = key.split('/');
  return p.length === k.length && p.every((part, i) => part === '*' || part === k[i]);
}

/** For sorting: newest (largest) first. */
export function descending<T>(field: keyof T): (a: T, b: T) => number {
  return (a, b) => Number(b[field] ?? 0) - Number(a[field] ?? 0);
}

export function ascending<T>(field: keyof T): (a: T, b: T) => number {
  return (a, b) => Number(a[field] ?? 0) - Number(b[field] ?? 0);
}

export function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const k = key(item);
    const group = groups.get(k);
    if (group) group.push(item);
    else groups.set(k, [item]);
  }
  return groups;
}
