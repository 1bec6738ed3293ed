// SPDX-License-Identifier: Apache-2.0
// Results and states as badges and as the small numbered bubbles of a builder's last builds.
import { formatDuration } from '../lib/format';
import { statusOf, type Status } from '../lib/results';
import { href } from '../lib/route';
import type { BuildAtAGlance } from '../lib/summaries';
import { t } from '../text';
import { StatusIcon } from './icons';

export function StatusBadge({ status, text, testid }: { status: Status; text?: string; testid?: string }) {
  return (
    <span class={`badge st-${status}`} data-testid={testid} data-status={status}>
      <StatusIcon status={status} />
      {text ?? t.results[status]}
    </span>
  );
}

/** The icon alone, with the status as its text for those who can't see it; for dense tables. */
export function StatusMark({ status }: { status: Status }) {
  return (
    <span class={`mark st-${status}`} title={t.results[status]} data-status={status}>
      <StatusIcon status={status} />
      <span class="sr-only">{t.results[status]}</span>
    </span>
  );
}

export function BuildBubble({ build }: { build: BuildAtAGlance }) {
  const status = statusOf(build);
  const took = build.complete_at ? formatDuration(build.complete_at - build.started_at) : '';
  const label = t.overview.buildLabel(build.number, t.results[status], took);
  return (
    <a
      class={`bubble st-${status}`}
      href={href('builders', build.builderid, 'builds', build.number)}
      title={`${label}\n${build.state_string}`}
      aria-label={label}
      data-testid="build-bubble"
      data-status={status}
    >
      <StatusIcon status={status} />
      {build.number}
    </a>
  );
}

/** Marks a builder that the configuration does not have: builds asked for its name. */
export function VirtualTag() {
  return <span class="tag small" title={t.common.virtualHint} data-testid="virtual">{t.common.virtual}</span>;
}
