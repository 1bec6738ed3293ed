// SPDX-License-Identifier: Apache-2.0
// A builder's last builds as bars, oldest first: as high as they took; what failed hangs below the line, so that
// colour alone says nothing.
import type { BuilderSummary } from '../api/records';
import { formatDuration } from '../lib/format';
import { statusOf, type Status } from '../lib/results';
import { href } from '../lib/route';
import { buildOf, healthPercent, type BuildAtAGlance } from '../lib/summaries';
import { t } from '../text';

const BAD: readonly Status[] = ['failure', 'exception'];
/** A bar keeps this part of its height however short its build was. */
const LEAST = 0.25;

export function BuildBars({ summary }: { summary: BuilderSummary }) {
  const builds = summary.last_builds.map((glance) => buildOf(summary, glance)).reverse();
  if (builds.length === 0) return <span class="muted">{t.overview.noBuilds}</span>;
  // One that runs has no length yet: it is drawn whole, in stripes.
  const longest = Math.max(...builds.map(durationOf), 1);
  return (
    <span class="bars" role="group" aria-label={barsLabel(summary)} data-testid="bars">
      {builds.map((build) => <BuildBar key={build.buildid} build={build} share={build.complete ? durationOf(build) / longest : 1} />)}
    </span>
  );
}

function BuildBar({ build, share }: { build: BuildAtAGlance; share: number }) {
  const status = statusOf(build);
  const took = build.complete_at ? formatDuration(build.complete_at - build.started_at) : '';
  const label = t.overview.buildLabel(build.number, t.results[status], took);
  const link = href('builders', build.builderid, 'builds', build.number);
  return <Bar status={status} share={share} link={link} label={label} more={build.state_string} />;
}

interface BarProps {
  status: Status;
  /** Height, 0 to 1. */
  share: number;
  link: string;
  label: string;
  more?: string;
}

export function Bar({ status, share, link, label, more }: BarProps) {
  const place = BAD.includes(status) ? 'bar-below' : 'bar-above';
  return (
    <a
      class={`bar ${place} st-${status}`}
      href={link}
      title={more ? `${label}\n${more}` : label}
      aria-label={label}
      // The row's own links are for the keyboard; twenty more would only be in its way.
      tabIndex={-1}
      data-status={status}
    >
      <span style={{ height: `${Math.round(100 * Math.max(LEAST, share))}%` }} />
    </a>
  );
}

function durationOf(build: BuildAtAGlance): number {
  return build.complete_at === null ? 0 : build.complete_at - build.started_at;
}

function barsLabel(summary: BuilderSummary): string {
  const health = healthPercent(summary);
  return health === undefined ? t.overview.lastBuilds : t.overview.healthLabel(health);
}

export function Health({ summary }: { summary: BuilderSummary }) {
  const health = healthPercent(summary);
  if (health === undefined) return <span class="muted">–</span>;
  const status: Status = health >= 80 ? 'success' : health >= 50 ? 'warnings' : 'failure';
  return <span class={`health st-${status}`} title={t.overview.healthLabel(health)}>{health}%</span>;
}
