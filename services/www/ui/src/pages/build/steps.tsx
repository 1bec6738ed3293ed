// SPDX-License-Identifier: Apache-2.0
// A build's steps on the left, the logs of one of them on the right; the right one is found by itself.
import type { Build, Log, Step } from '../../api/records';
import { LogView } from '../../components/logview';
import { Await, Empty } from '../../components/notice';
import { StatusBadge } from '../../components/status';
import { StepList } from '../../components/steplist';
import { triggeredBuilders } from '../../lib/links';
import { statusOf, stepToShow } from '../../lib/results';
import { href, withQuery } from '../../lib/route';
import * as specs from '../../lib/specs';
import { useCollection, type Loaded } from '../../live/hooks';

export function StepsTab({ build, steps, query }: { build: Build; steps: Loaded<Step[]>; query: URLSearchParams }) {
  return (
    <Await of={steps} lines={6}>
      {(list) => {
        if (list.length === 0) return <Empty>{build.complete ? 'This build ran no steps.' : 'Waiting for the first step…'}</Empty>;
        return <StepsAndLog build={build} steps={list} query={query} />;
      }}
    </Await>
  );
}

function StepsAndLog({ build, steps, query }: { build: Build; steps: readonly Step[]; query: URLSearchParams }) {
  const builders = triggeredBuilders(steps);
  const triggered = useCollection<Build>(builders.length > 0 ? specs.triggeredBuilds(build.buildid, builders) : null);
  const link = href('builders', build.builderid, 'builds', build.number);
  const wanted = query.get('step');
  const chosen = wanted === null ? undefined : steps.find((step) => step.number === Number(wanted));
  const shown = chosen ?? stepToShow(steps, build.complete);
  return (
    <div class="steps-and-log">
      <div class="steps-side">
        <StepList steps={steps} selected={shown?.number} link={(step) => withQuery(link, { step: step.number })} triggered={triggered.data ?? []} />
        {/* Always there, so that choosing a step moves nothing. */}
        <p class="steps-hint muted">
          {chosen ? <a href={link}>{build.complete ? 'Back to the first choice' : 'Follow the running step'}</a> : hint(build)}
        </p>
      </div>
      <div class="log-side">
        {shown && <StepLogs key={shown.stepid} build={build} step={shown} slug={query.get('log')} />}
      </div>
    </div>
  );
}

function hint(build: Build): string {
  if (!build.complete) return 'Following the running step.';
  return build.results === 0 ? 'Showing the last step.' : 'Showing the step that decided the result.';
}

function StepLogs({ build, step, slug }: { build: Build; step: Step; slug: string | null }) {
  const logs = useCollection<Log>(specs.logs(step.stepid));
  const link = href('builders', build.builderid, 'builds', build.number);
  const current = logs.data?.find((log) => log.slug === slug) ?? logs.data?.[0];
  const page = (log: Log) => `${link}/steps/${step.number}/logs/${encodeURIComponent(log.slug)}`;
  return (
    <section class="log-panel" aria-label={`Logs of ${step.name}`}>
      <header class="log-head">
        <h2>{step.name}</h2>
        <StatusBadge status={statusOf(step)} />
        <nav class="log-names" aria-label="Logs">
          {logs.data?.map((log) => (
            <a key={log.logid} href={withQuery(link, { step: step.number, log: log.slug })} aria-current={log === current ? 'true' : undefined}>
              {log.name}
            </a>
          ))}
        </nav>
      </header>
      <Await of={logs} lines={6}>
        {() => (current ? <LogView key={current.logid} log={current} link={page(current)} /> : <NoLog step={step} />)}
      </Await>
    </section>
  );
}

function NoLog({ step }: { step: Step }) {
  return <Empty>{step.complete ? 'This step has no log.' : 'No output yet.'}</Empty>;
}
