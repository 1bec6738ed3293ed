// SPDX-License-Identifier: Apache-2.0
// What came out lately: the newest failures, and the last builds of the builders that were busy.
import type { Build, Builder } from '../../api/records';
import { Source } from '../../components/buildtable';
import { Empty } from '../../components/notice';
import { BuildBubble, StatusBadge } from '../../components/status';
import { Ago } from '../../components/time';
import { isOld } from '../../lib/builderfilter';
import { groupBy } from '../../lib/merge';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import { t } from '../../text';

const BUBBLES = 8;
const ROWS = 20;

type Names = ReadonlyMap<number, string>;

export function Failures({ builds, names }: { builds: readonly Build[]; names: Names }) {
  if (builds.length === 0) return <Empty>{t.overview.noFailures}</Empty>;
  return (
    <ul class="rows">
      {builds.map((build) => (
        <li key={build.buildid} class="row failure-row" data-testid="failure-row">
          <StatusBadge status={statusOf(build)} />
          <span class="row-main">
            <a class="strong" href={href('builders', build.builderid, 'builds', build.number)}>
              {names.get(build.builderid) ?? t.overview.builderNamed(build.builderid)} #{build.number}
            </a>
            <span class="muted clip">{build.state_string}</span>
          </span>
          <span class="row-end muted"><Source properties={build.properties} /> <Ago at={build.complete_at} /></span>
        </li>
      ))}
    </ul>
  );
}

interface RecentProps {
  builds: readonly Build[];
  builders: readonly Builder[] | undefined;
  names: Names;
}

export function Recent({ builds, builders, names }: RecentProps) {
  const old = new Set(builders?.filter(isOld).map((b) => b.builderid));
  if (builds.length === 0) return <Empty>{builders?.length === 0 ? t.overview.noneConfigured : t.overview.noBuildYet}</Empty>;
  // Those that were busy last; by name, since an order by time would make the rows jump about.
  const groups = [...groupBy(builds, (b) => b.builderid)].filter(([id]) => !old.has(id)).slice(0, ROWS);
  groups.sort(([a], [b]) => (names.get(a) ?? '').localeCompare(names.get(b) ?? ''));
  return (
    <ul class="rows">
      {groups.map(([builderid, list]) => (
        <RecentRow key={builderid} builderid={builderid} builds={list} name={names.get(builderid)} />
      ))}
    </ul>
  );
}

function RecentRow({ builderid, builds, name }: { builderid: number; builds: readonly Build[]; name: string | undefined }) {
  const last = builds.find((b) => b.complete);
  return (
    <li class="row recent-row" data-testid="recent-row">
      <span class="row-main">
        <a class="strong" href={href('builders', builderid)}>{name ?? t.overview.builderNamed(builderid)}</a>
        <span class="muted clip">{last ? <Ago at={last.complete_at} /> : t.overview.firstRunning}</span>
      </span>
      <span class="bubbles">
        {builds.slice(0, BUBBLES).map((build) => <BuildBubble key={build.buildid} build={build} />)}
      </span>
    </li>
  );
}
