// SPDX-License-Identifier: Apache-2.0
// A worker's slots over the last hours: each a line, each build a block on it.
import type { Build } from '../../api/records';
import { Empty } from '../../components/notice';
import { formatDayTime, formatDuration } from '../../lib/format';
import { lanesOf } from '../../lib/load';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import { useNow } from '../../live/hooks';
import { t } from '../../text';

interface Props {
  builds: readonly Build[];
  names: ReadonlyMap<number, string>;
  hours: number;
  slots: number;
  /** There are more builds than these. */
  cut: boolean;
}

export function Lanes({ builds, names, hours, slots, cut }: Props) {
  const now = useNow();
  const from = now - hours * 3600;
  const seen = builds.filter((b) => (b.complete_at ?? now) > from);
  const lanes = lanesOf(seen, now);
  if (lanes.length === 0) return <Empty>{t.plant.nothingThen}</Empty>;
  while (lanes.length < Math.min(slots, 8)) lanes.push([]);
  return (
    <div class="lanes" data-testid="lanes">
      {lanes.map((lane, i) => (
        <div key={i} class="lane" role="group" aria-label={t.plant.slot(i + 1)}>
          {lane.map((build) => <Block key={build.buildid} build={build} name={names.get(build.builderid)} from={from} now={now} />)}
        </div>
      ))}
      <p class="load-foot">
        <time>{formatDayTime(from)}</time>
        {cut && (builds.at(-1)?.started_at ?? 0) > from && <span>{t.plant.cut}</span>}
        <time>{formatDayTime(now)}</time>
      </p>
    </div>
  );
}

function Block({ build, name, from, now }: { build: Build; name: string | undefined; from: number; now: number }) {
  const status = statusOf(build);
  const end = build.complete_at ?? now;
  const begin = Math.max(build.started_at, from);
  const label = `${name ?? build.builderid} #${build.number}: ${t.results[status]}, ${formatDuration(end - build.started_at)}`;
  return (
    <a
      class={`lane-block st-${status}`} href={href('builders', build.builderid, 'builds', build.number)} title={label} aria-label={label}
      data-status={status} tabIndex={-1}
      style={{ left: `${(100 * (begin - from)) / (now - from)}%`, width: `${(100 * (end - begin)) / (now - from)}%` }}
    />
  );
}
