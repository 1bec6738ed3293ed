// SPDX-License-Identifier: Apache-2.0
// Choosing among builds that are known.
import type { Build } from '../api/records';
import { statusOf } from './results';

type Chosen = Pick<Build, 'complete' | 'results' | 'started_at' | 'properties'>;

const branchOf = (build: Chosen) => String(build.properties?.branch?.[0] ?? '');

/** Those of a branch and with a result; an empty text asks for any. */
export function matchingBuilds<T extends Chosen>(builds: readonly T[], branch: string, result: string): T[] {
  return builds.filter((build) => (branch === '' || branchOf(build) === branch) && (result === '' || statusOf(build) === result));
}

/** The branches that were built, the one that was built last first; with the chosen one, even where it was not. */
export function branchesOf(builds: readonly Chosen[], chosen: string): string[] {
  return [...new Set([...builds.map(branchOf), chosen])].filter(Boolean);
}
