// SPDX-License-Identifier: Apache-2.0
// How many slots were in use over time, as one area below the line of all slots.
import type { Build } from '../api/records';
import { formatDayTime } from '../lib/format';
import { busyOverTime, mostAtOnce } from '../lib/load';
import { t } from '../text';

const PARTS = 120;
const HEIGHT = 40;

interface Props {
  builds: readonly Build[];
  slots: number;
  now: number;
}

export function LoadChart({ builds, slots, now }: Props) {
  if (builds.length === 0) return <p class="empty">{t.plant.noLoad}</p>;
  const from = Math.min(...builds.map((b) => b.started_at), now - 60);
  const busy = busyOverTime(builds, from, now, PARTS);
  const most = mostAtOnce(builds, now);
  const top = Math.max(slots, most, 1);
  const at = (value: number) => (HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1);
  const area = busy.map((value, i) => `H${i}V${at(value)}H${i + 1}`).join('');
  return (
    <figure class="load" data-testid="load-chart">
      <svg viewBox={`0 0 ${PARTS} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${t.plant.load}: ${t.plant.loadOf(most)}`}>
        <path class="load-slots" d={`M0 ${at(slots)}H${PARTS}`} />
        <path class="load-area" d={`M0 ${HEIGHT}${area}V${HEIGHT}Z`} />
      </svg>
      <figcaption class="load-foot">
        <time>{formatDayTime(from)}</time>
        <span>{t.plant.loadOf(most)}</span>
        <time>{formatDayTime(now)}</time>
      </figcaption>
    </figure>
  );
}
