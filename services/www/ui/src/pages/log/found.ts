// SPDX-License-Identifier: Apache-2.0
// From an address to its log: all that leads there is asked for at once, and what a running build lacks is waited for.
import type { Build, Builder, Log, Step } from '../../api/records';
import * as specs from '../../lib/specs';
import { useCollection, useOne, type Loaded } from '../../live/hooks';
import { t } from '../../text';

export interface Address {
  builder: string;
  number: number;
  step: number;
  slug: string;
}

export interface Found {
  builder: Builder | undefined;
  step: Step | undefined;
  log: Loaded<Log>;
  /** The build runs, and its step or log is still to come. */
  waiting: boolean;
  /** What leads there is not there. */
  gone: string | undefined;
}

const isGone = (of: Loaded<unknown>) => of.error?.status === 404;

export function useFound({ builder: key, number, step: stepNumber, slug }: Address): Found {
  const path = `builders/${encodeURIComponent(key)}/builds/${number}`;
  const builder = useOne<Builder>(specs.builder(key));
  const build = useOne<Build>({ path, plural: 'builds', id: 'buildid' });
  const step = useOne<Step>({ path: `${path}/steps/${stepNumber}`, plural: 'steps', id: 'stepid' });
  const log = useOne<Log>({ path: `${path}/steps/${stepNumber}/logs/${encodeURIComponent(slug)}`, plural: 'logs', id: 'logid' });

  // What was not there, or has not ended, is listened for.
  const early = build.data && !build.data.complete && (isGone(step) || isGone(log)) ? build.data : undefined;
  const steps = useCollection<Step>(early && isGone(step) ? specs.steps(early.buildid) : null);
  const later = steps.data?.find((s) => s.number === stepNumber) ?? step.data;
  const present = useOne<Step>(later && !later.complete ? specs.step(later.stepid) : null).data ?? later;
  const logs = useCollection<Log>(early && later ? specs.logs(later.stepid) : null);
  const late = logs.data?.find((l) => l.slug === slug);
  const over = present?.complete === true && logs.data !== undefined && late === undefined;

  const texts = [t.log.noBuilder(key), t.log.noBuild(number), t.log.noStep(number, stepNumber), t.log.noLog(stepNumber, slug)];
  const gone = texts[[builder, build, step, log].findIndex(isGone)];
  const waiting = early !== undefined && late === undefined && !over;
  return {
    builder: builder.data,
    step: present,
    log: late ? { ...log, data: log.data ?? late, error: undefined } : log,
    waiting,
    gone: waiting || late || (isGone(log) && !build.data && !build.error) ? undefined : gone,
  };
}
