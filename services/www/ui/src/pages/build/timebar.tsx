// SPDX-License-Identifier: Apache-2.0
// Where a step or a triggered build stands in the time of the build: hatched while it waited for locks.
import { formatDuration } from '../../lib/format';
import type { Status } from '../../lib/results';
import { lockWait, placeOf, waitsForLocks, type Line, type Timed } from '../../lib/timeline';
import { t } from '../../text';

interface TimeBarProps {
  item: Timed;
  status: Status;
  line: Line;
  now: number;
}

/** What it draws is said by its title, and by the durations beside it. */
export function TimeBar({ item, status, line, now }: TimeBarProps) {
  const place = placeOf(item, line, now);
  const percent = (share: number) => `${(100 * share).toFixed(2)}%`;
  // What took no time at the very end is still to be seen.
  const left = (share: number) => `min(${percent(share)}, 100% - 2px)`;
  return (
    <span class={`timebar st-${status}`} title={timeText(item, line)} aria-hidden="true" data-testid="timebar">
      {place && place.waits > 0 && <span class="timebar-waits" style={{ left: left(place.at), width: percent(place.waits) }} />}
      {place && <span class="timebar-works" style={{ left: left(place.at + place.waits), width: percent(place.works) }} />}
    </span>
  );
}

function timeText(item: Timed, line: Line): string | undefined {
  if (item.started_at === null) return undefined;
  const after = formatDuration(item.started_at - line.from);
  const took = item.complete_at === null ? t.build.stepTimeRuns(after) : t.build.stepTime(after, formatDuration(item.complete_at - item.started_at));
  return [took, lockText(item)].filter(Boolean).join(', ');
}

/** "waited 20s for locks", when that is worth telling. */
export function lockText(item: Timed): string {
  if (item.locks_acquired_at === undefined) return '';
  if (waitsForLocks(item)) return t.build.stepWaits;
  const waited = lockWait(item);
  return waited >= 1 ? t.build.stepLocks(formatDuration(waited)) : '';
}
