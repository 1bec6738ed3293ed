// SPDX-License-Identifier: Apache-2.0
// The builds that run, each with its step and how far it is.
import type { Build, Step } from '../../api/records';
import { Empty } from '../../components/notice';
import { BuildProgress } from '../../components/progress';
import { StatusBadge } from '../../components/status';
import { Duration } from '../../components/time';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import { useSummaries } from '../../live/summaries';
import { t } from '../../text';

/** Their steps are listened to, each build's by itself; the others say what their state says. */
const FOLLOWED = 12;

export function Running({ builds, names }: { builds: readonly Build[]; names: ReadonlyMap<number, string> }) {
  const summaries = useSummaries([...new Set(builds.map((b) => b.builderid))].sort((a, b) => a - b));
  if (builds.length === 0) return <Empty>{t.overview.nothingRuns}</Empty>;
  return (
    <ul class="rows">
      {builds.map((build, i) => (
        <RunningRow
          key={build.buildid} build={build} name={names.get(build.builderid)} followed={i < FOLLOWED}
          usual={summaries.get(build.builderid)?.usual_duration_s}
        />
      ))}
    </ul>
  );
}

interface RowProps {
  build: Build;
  name: string | undefined;
  followed: boolean;
  usual: number | null | undefined;
}

function RunningRow({ build, name, followed, usual }: RowProps) {
  const steps = useCollection<Step>(followed ? specs.steps(build.buildid) : null);
  const current = steps.data?.filter((s) => statusOf(s) === 'running').at(-1);
  return (
    <li class="row" data-testid="running-row">
      <StatusBadge status="running" />
      <span class="row-main">
        <a class="strong" href={href('builders', build.builderid, 'builds', build.number)}>
          {name ?? t.overview.builderNamed(build.builderid)} #{build.number}
        </a>
        <span class="muted clip">{current ? current.name : build.state_string}</span>
      </span>
      <span class="row-end">
        <Duration from={build.started_at} to={null} />
        <BuildProgress from={build.started_at} usual={usual} />
      </span>
    </li>
  );
}
