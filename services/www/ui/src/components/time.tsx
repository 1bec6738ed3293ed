// SPDX-License-Identifier: Apache-2.0
// Times that tick by themselves. Their texts are signals, so that a tick redraws nothing but the texts that changed.
import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { formatAgo, formatDate, formatDuration } from '../lib/format';
import { clock, useTicking } from '../live/hooks';

/** A prop as a signal, for texts that are computed from it. */
function useProp<T>(value: T) {
  const kept = useSignal(value);
  useLayoutEffect(() => {
    kept.value = value;
  }, [value]);
  return kept;
}

export function Ago({ at }: { at: number | null | undefined }) {
  useTicking(Boolean(at));
  const when = useProp(at ?? 0);
  const text = useComputed(() => formatAgo(when.value, clock.value));
  if (!at) return <span class="muted">–</span>;
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={formatDate(at)}>
      {text}
    </time>
  );
}

/** From a start to an end, or to now while there is no end. */
export function Duration({ from, to }: { from: number | null | undefined; to: number | null | undefined }) {
  useTicking(Boolean(from) && !to);
  const start = useProp(from ?? 0);
  const end = useProp(to ?? 0);
  const text = useComputed(() => formatDuration((end.value || clock.value) - start.value));
  if (!from) return <span class="duration muted">–</span>;
  return <span class="duration">{text}</span>;
}
