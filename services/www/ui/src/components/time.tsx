// SPDX-License-Identifier: Apache-2.0
// Times that tick by themselves.
import { formatAgo, formatDate, formatDuration } from '../lib/format';
import { useNow } from '../live/hooks';

export function Ago({ at }: { at: number | null | undefined }) {
  const now = useNow(Boolean(at));
  if (!at) return <span class="muted">–</span>;
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={formatDate(at)}>
      {formatAgo(at, now)}
    </time>
  );
}

/** From a start to an end, or to now while there is no end. */
export function Duration({ from, to }: { from: number | null | undefined; to: number | null | undefined }) {
  const running = Boolean(from) && !to;
  const now = useNow(running);
  if (!from) return <span class="duration muted">–</span>;
  return <span class="duration">{formatDuration((to ?? now) - from)}</span>;
}
