// SPDX-License-Identifier: Apache-2.0
// Which builds built which change, as Buildbot's console and grid tell it: by the revision.
import type { Build, Change } from '../api/records';

/** A change, or what a build's revision says where no change is known. */
export interface Line {
  key: string;
  revision: string;
  branch: string;
  when: number;
  change: Change | undefined;
  /** The builds of each builder, the newest first. */
  builds: ReadonlyMap<number, readonly Build[]>;
}

/** Every revision that a build says it built: of one codebase, or of each. */
export function revisionsOf(build: Build): string[] {
  const found = new Set<string>();
  for (const name of ['got_revision', 'revision']) {
    const value = build.properties[name]?.[0];
    const texts = typeof value === 'object' && value !== null ? Object.values(value) : [value];
    for (const text of texts) if (typeof text === 'string' && text !== '') found.add(text);
    // What was asked for ("HEAD") says less than what was got.
    if (found.size > 0) break;
  }
  return [...found];
}

export function branchOf(build: Build): string {
  const value = build.properties.branch?.[0];
  return typeof value === 'string' ? value : '';
}

function addTo(line: Map<number, Build[]>, build: Build): void {
  const list = line.get(build.builderid);
  if (list) list.push(build);
  else line.set(build.builderid, [build]);
}

/** The newest changes with their builds, and builds of revisions that no change told of; the newest first. */
export function linesOf(changes: readonly Change[], builds: readonly Build[], limit: number): Line[] {
  const lines = new Map<string, { line: Omit<Line, 'builds'>; builds: Map<number, Build[]> }>();
  for (const change of changes) {
    const revision = change.revision ?? '';
    if (lines.has(revision) && revision) continue;
    const line = { key: `change ${change.changeid}`, revision, branch: change.branch ?? '', when: change.when_timestamp, change };
    lines.set(revision || line.key, { line, builds: new Map() });
  }
  const oldest = changes.length > 0 ? Math.min(...changes.map((c) => c.when_timestamp)) : 0;
  for (const build of [...builds].sort((a, b) => b.buildid - a.buildid)) {
    for (const revision of revisionsOf(build)) {
      let entry = lines.get(revision);
      if (!entry) {
        if (build.started_at < oldest) continue;
        const line = { key: `revision ${revision}`, revision, branch: branchOf(build), when: build.started_at, change: undefined };
        lines.set(revision, (entry = { line, builds: new Map() }));
      }
      addTo(entry.builds, build);
    }
  }
  return [...lines.values()]
    .map(({ line, builds: own }) => ({ ...line, builds: own }))
    .sort((a, b) => b.when - a.when || (b.change?.changeid ?? 0) - (a.change?.changeid ?? 0))
    .slice(0, limit);
}

/** The newest build of each builder on each branch; branches by their newest build. */
export function branchesOf(builds: readonly Build[], limit: number): Line[] {
  const lines = new Map<string, { when: number; builds: Map<number, Build[]> }>();
  for (const build of [...builds].sort((a, b) => b.buildid - a.buildid)) {
    const branch = branchOf(build);
    let entry = lines.get(branch);
    if (!entry) lines.set(branch, (entry = { when: build.started_at, builds: new Map() }));
    addTo(entry.builds, build);
  }
  return [...lines].slice(0, limit).map(([branch, { when, builds: own }]) => ({
    key: `branch ${branch}`, revision: '', branch, when, change: undefined, builds: own,
  }));
}
