// SPDX-License-Identifier: Apache-2.0
// What the summaries of builders say: their state, their health, and which of them need somebody.
import type { Build, BuilderSummary } from '../api/records';
import { resultStatus, type Status } from './results';

export type GlanceBuild = BuilderSummary['last_builds'][number];

/** A build of a summary, as far as bubbles and bars need it. */
export type BuildAtAGlance = Pick<Build, 'buildid' | 'number' | 'builderid' | 'started_at' | 'complete_at' | 'complete' | 'results' | 'state_string'>;

export function buildOf(summary: BuilderSummary, glance: GlanceBuild): BuildAtAGlance {
  return { ...glance, builderid: summary.builderid, complete: glance.complete_at !== null };
}

export function lastComplete(summary: BuilderSummary): GlanceBuild | undefined {
  return summary.last_builds.find((build) => build.complete_at !== null);
}

/** The result that counts: of the newest complete build; what says nothing about the code is passed over. */
export function healthStatus(summary: BuilderSummary): Status {
  const telling = summary.last_builds.find((build) => build.complete_at !== null && [0, 1, 2, 4].includes(build.results ?? -1));
  return telling ? resultStatus(telling.results) : 'unknown';
}

/** How many in a hundred of the newest builds were good; undefined without any that says something. */
export function healthPercent(summary: BuilderSummary): number | undefined {
  const telling = summary.last_builds.filter((build) => build.complete_at !== null && [0, 1, 2, 4].includes(build.results ?? -1));
  if (telling.length === 0) return undefined;
  const good = telling.filter((build) => build.results === 0 || build.results === 1).length;
  return Math.round((100 * good) / telling.length);
}

/** The first of the builds that have failed since the last good one. */
export function failingSince(summary: BuilderSummary): GlanceBuild | undefined {
  let first: GlanceBuild | undefined;
  for (const build of summary.last_builds) {
    if (build.complete_at === null) continue;
    if (build.results === 0 || build.results === 1) return first;
    if (build.results === 2 || build.results === 4) first = build;
  }
  return first;
}

/** How far a running build is (0 to 1), by what its builder usually takes; undefined where nothing tells. */
export function progressOf(startedAt: number, usual: number | null | undefined, now: number): number | undefined {
  if (!usual || usual <= 0) return undefined;
  return Math.min(1, Math.max(0, (now - startedAt) / usual));
}

/** What needs somebody comes first: failing, then running, then the others by name. */
export function byUrgency(a: BuilderSummary, b: BuilderSummary): number {
  return urgency(b) - urgency(a) || a.name.localeCompare(b.name);
}

function urgency(summary: BuilderSummary): number {
  const status = healthStatus(summary);
  if (status === 'failure' || status === 'exception') return 3;
  if (status === 'warnings') return 2;
  return summary.running > 0 ? 1 : 0;
}
