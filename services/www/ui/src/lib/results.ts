// SPDX-License-Identifier: Apache-2.0
// Result codes of the API (SUCCESS 0 … CANCELLED 6) and what the UI calls them.

export type Status =
  | 'success'
  | 'warnings'
  | 'failure'
  | 'skipped'
  | 'exception'
  | 'retry'
  | 'cancelled'
  | 'running'
  | 'pending'
  | 'unknown';

const BY_CODE: readonly Status[] = [
  'success',
  'warnings',
  'failure',
  'skipped',
  'exception',
  'retry',
  'cancelled',
];

/** The name of a result code; null and -1 (the API's "incomplete") are unknown here. */
export function resultStatus(code: number | null | undefined): Status {
  return (code !== null && code !== undefined && BY_CODE[code]) || 'unknown';
}

/** The state of a build or step: a result once complete, else running or (not begun) pending. */
export function statusOf(item: {
  complete: boolean;
  results: number | null;
  started_at?: number | null;
}): Status {
  if (item.complete) return resultStatus(item.results);
  return item.started_at ? 'running' : 'pending';
}

/** Failures first: the step whose log people want to read. */
const URGENCY: Partial<Record<Status, number>> = { failure: 3, exception: 3, retry: 2, cancelled: 1 };

interface StepLike {
  number: number;
  complete: boolean;
  results: number | null;
  started_at?: number | null;
  hidden?: boolean;
}

/**
 * The step to show when the user has not chosen one: the first that went wrong, while nothing did the one
 * that runs, and for a build that went well the last.
 */
export function stepToShow<T extends StepLike>(steps: readonly T[], buildComplete: boolean): T | undefined {
  const visible = steps.filter((step) => !step.hidden);
  if (!buildComplete) {
    const running = visible.filter((step) => statusOf(step) === 'running');
    if (running.length > 0) return running[running.length - 1];
  }
  let best: T | undefined;
  let bestUrgency = 0;
  for (const step of visible) {
    const urgency = URGENCY[statusOf(step)] ?? 0;
    if (urgency > bestUrgency) [best, bestUrgency] = [step, urgency];
  }
  return best ?? visible.filter((step) => step.started_at).at(-1) ?? visible.at(-1);
}

/** From the one that matters least when several are told as one. */
const WEIGHT: readonly Status[] = ['unknown', 'skipped', 'success', 'pending', 'cancelled', 'retry', 'running', 'warnings', 'failure', 'exception'];

export function worst(all: readonly Status[]): Status {
  return all.reduce<Status>((a, b) => (WEIGHT.indexOf(b) > WEIGHT.indexOf(a) ? b : a), 'unknown');
}
