// SPDX-License-Identifier: Apache-2.0
// What a build's steps tell besides their results: groups, environments, background commands that died.
import type { Step } from '../api/records';
import { statusOf, type Status } from './results';

/** Steps that are drawn together; alone without a name. */
export interface StepGroup<T> {
  name: string | null;
  steps: T[];
}

/** Neighbours that name the same group stand together. */
export function groupSteps<T extends { group?: string | null }>(steps: readonly T[]): StepGroup<T>[] {
  const groups: StepGroup<T>[] = [];
  for (const step of steps) {
    const name = step.group ?? null;
    const last = groups.at(-1);
    if (last && name !== null && last.name === name) last.steps.push(step);
    else groups.push({ name, steps: [step] });
  }
  return groups;
}

/** The most telling first: a group is what the first of these is that any of its steps is. */
const TELLING: readonly Status[] = [
  'running', 'exception', 'retry', 'cancelled', 'failure', 'pending', 'warnings', 'success', 'skipped',
];

export function groupStatus(steps: readonly Pick<Step, 'complete' | 'results' | 'started_at'>[]): Status {
  const all = new Set(steps.map(statusOf));
  return TELLING.find((status) => all.has(status)) ?? 'unknown';
}

/** Whether the build's environment was made for it: what the step that cares for it says. */
export function environmentState(key: string, steps: readonly Pick<Step, 'state_string'>[]): 'prepared' | 'reused' | undefined {
  const said = steps.map((step) => step.state_string);
  if (said.includes(`prepared ${key}`)) return 'prepared';
  return said.includes(`reused ${key}`) ? 'reused' : undefined;
}

export interface Death {
  /** Name of the step that had begun in the background. */
  name: string;
  text: string;
}

/** The background commands that had died before a step went wrong: "failed (exit code 1); server died 3 s before, signal 11". */
export function deaths(stateString: string): Death[] {
  return stateString.split('; ').flatMap((part) => {
    const [, name] = /^(.+) died \d+ s before, /.exec(part) ?? [];
    return name === undefined ? [] : [{ name, text: part }];
  });
}
