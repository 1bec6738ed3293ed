// SPDX-License-Identifier: Apache-2.0
// Summaries of the builders that are in sight: asked for in blocks, and kept while the list is scrolled.
import { useRef } from 'preact/hooks';
import type { BuilderSummary } from '../api/records';
import * as specs from '../lib/specs';
import { useCollection } from './hooks';

/** As many as one request asks for. */
const MOST = 100;

/** Those that are known of the builders asked for, and of those asked for before. */
export function useSummaries(builderids: readonly number[]): ReadonlyMap<number, BuilderSummary> {
  const known = useRef(new Map<number, BuilderSummary>());
  const asked = builderids.slice(0, MOST);
  const { data } = useCollection<BuilderSummary>(asked.length > 0 ? specs.summaries(asked) : null);
  for (const summary of data ?? []) known.current.set(summary.builderid, summary);
  return known.current;
}

/** The part of a list from which summaries are asked: whole blocks, so that scrolling a row asks for nothing new. */
export function blockOf<T>(items: readonly T[], first: number, last: number, block = 25): readonly T[] {
  return items.slice(Math.floor(first / block) * block, Math.ceil((last + 1) / block) * block);
}
