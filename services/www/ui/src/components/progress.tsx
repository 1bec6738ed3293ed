// SPDX-License-Identifier: Apache-2.0
// How far a running build is, judging by what its builder usually takes.
import { formatDuration } from '../lib/format';
import { progressOf } from '../lib/summaries';
import { useNow } from '../live/hooks';
import { t } from '../text';

/** Keeps its room where nothing can be told, so that the rows stay aligned. */
export function BuildProgress({ from, usual }: { from: number; usual: number | null | undefined }) {
  const now = useNow();
  const share = progressOf(from, usual, now);
  if (share === undefined || !usual) return <span class="progress-space" />;
  const left = usual - (now - from);
  const text = left > 0 ? t.overview.left(formatDuration(left)) : t.overview.over(formatDuration(-left));
  return (
    <span class="progress-with-text">
      <progress class="progress" max={1} value={Math.min(0.98, share)} aria-label={t.overview.progress} />
      <span class={left > 0 ? 'muted progress-text' : 'progress-text progress-late'}>{text}</span>
    </span>
  );
}
