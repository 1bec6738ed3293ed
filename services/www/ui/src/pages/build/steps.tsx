// SPDX-License-Identifier: Apache-2.0
// A build's steps on the left, the logs of one of them on the right; the right one is found by itself.
import type { Build, Builder, Log, Step } from '../../api/records';
import { LogView } from '../../components/logview';
import { Await, Empty } from '../../components/notice';
import { StatusBadge } from '../../components/status';
import { triggeredBuilders } from '../../lib/links';
import { useListKeys } from '../../lib/listkeys';
import { statusOf, stepToShow } from '../../lib/results';
import { href, withQuery } from '../../lib/route';
import { navigate } from '../../lib/router';
import * as specs from '../../lib/specs';
import { useCollection, type Loaded } from '../../live/hooks';
import { t } from '../../text';
import { useUsual } from './head';
import { StepList } from './steplist';

export function StepsTab({ build, steps, query }: { build: Build; steps: Loaded<Step[]>; query: URLSearchParams }) {
  return (
    <Await of={steps} lines={6}>
      {(list) => {
        if (list.length === 0) return <Empty>{build.complete ? t.build.noSteps : t.build.firstStep}</Empty>;
        return <StepsAndLog build={build} steps={list} query={query} />;
      }}
    </Await>
  );
}

function StepsAndLog({ build, steps, query }: { build: Build; steps: readonly Step[]; query: URLSearchParams }) {
  const builders = triggeredBuilders(steps);
  const triggered = useCollection<Build>(builders.length > 0 ? specs.triggeredBuilds(build.buildid, builders) : null);
  const named = useCollection<Builder>(builders.length > 0 ? specs.builders() : null);
  const usual = useUsual(build);
  const link = href('builders', build.builderid, 'builds', build.number);
  const wanted = query.get('step');
  const chosen = wanted === null ? undefined : steps.find((step) => step.number === Number(wanted));
  const shown = chosen ?? stepToShow(steps, build.complete);
  const visible = steps.filter((step) => !step.hidden || step === shown);
  const stepLink = (step: Step) => withQuery(link, { step: step.number });
  useListKeys({ count: visible.length, current: shown ? visible.indexOf(shown) : -1, onMove: (i) => navigate(stepLink(visible[i]!)) });
  return (
    <div class="steps-and-log">
      <div class="steps-side">
        <StepList build={build} usual={usual} steps={steps} selected={shown?.number} link={stepLink} triggered={triggered.data ?? []} builders={named.data ?? []} />
        {/* Always there, so that choosing a step moves nothing. */}
        <p class="steps-hint muted">
          {chosen ? <a href={link}>{build.complete ? t.build.backToFirst : t.build.follow}</a> : hint(build)}
        </p>
      </div>
      <div class="log-side">
        {shown && <StepLogs key={shown.stepid} build={build} step={shown} slug={query.get('log')} />}
      </div>
    </div>
  );
}

function hint(build: Build): string {
  if (!build.complete) return t.build.following;
  return build.results === 0 ? t.build.lastStep : t.build.decidingStep;
}

function StepLogs({ build, step, slug }: { build: Build; step: Step; slug: string | null }) {
  const logs = useCollection<Log>(specs.logs(step.stepid));
  const link = href('builders', build.builderid, 'builds', build.number);
  const current = logs.data?.find((log) => log.slug === slug) ?? logs.data?.[0];
  const page = (log: Log) => `${link}/steps/${step.number}/logs/${encodeURIComponent(log.slug)}`;
  return (
    <section class="log-panel" aria-label={t.build.logsOf(step.name)}>
      <header class="log-head">
        <h2>{step.name}</h2>
        <StatusBadge status={statusOf(step)} />
        <nav class="log-names" aria-label={t.build.logs}>
          {logs.data?.map((log) => (
            <a key={log.logid} href={withQuery(link, { step: step.number, log: log.slug })} aria-current={log === current ? 'true' : undefined}>
              {log.name}
            </a>
          ))}
        </nav>
      </header>
      <Await of={logs} lines={6}>
        {() => (current ? <LogView key={current.logid} log={current} link={page(current)} /> : <Empty>{step.complete ? t.build.noLog : t.build.noOutput}</Empty>)}
      </Await>
    </section>
  );
}
