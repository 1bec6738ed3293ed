// SPDX-License-Identifier: Apache-2.0
// One log on a page of its own, as high as the window; "?line=N" opens and marks that line.
import type { Build, Builder, Log, Step } from '../../api/records';
import { LogView } from '../../components/logview';
import { Await } from '../../components/notice';
import { Trail, useTitle } from '../../components/panel';
import { StatusBadge } from '../../components/status';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import * as specs from '../../lib/specs';
import { useCollection, useOne, type Loaded } from '../../live/hooks';
import { NotFound } from '../notfound';
import type { PageProps } from '../../lib/pages';

interface Props {
  builder: string;
  number: number;
  step: number;
  slug: string;
  query: URLSearchParams;
}

/** Until something is missing, undefined; then what. */
function missing<T>(loaded: Loaded<T[]>, found: T | undefined, what: string): string | undefined {
  return loaded.data && !found ? what : undefined;
}

function LogPage({ builder: key, number, step: stepNumber, slug, query }: Props) {
  const builder = useOne<Builder>(specs.builder(key));
  const builds = useCollection<Build>(builder.data ? specs.buildAndNeighbours(builder.data.builderid, number) : null);
  const build = builds.data?.find((b) => b.number === number);
  const steps = useCollection<Step>(build ? specs.steps(build.buildid) : null);
  const step = steps.data?.find((s) => s.number === stepNumber);
  const logs = useCollection<Log>(step ? specs.logs(step.stepid) : null);
  const log = logs.data?.find((l) => l.slug === slug);
  useTitle(builder.data ? `${builder.data.name} #${number} ${step?.name ?? ''} ${slug}` : 'Log');

  const gone =
    (builder.error?.status === 404 ? `There is no builder ${key}.` : undefined) ??
    missing(builds, build, `There is no build #${number}.`) ??
    missing(steps, step, `Build #${number} has no step ${stepNumber}.`) ??
    missing(logs, log, `Step ${stepNumber} has no log ${slug}.`);
  if (gone) return <NotFound what={gone} />;

  const failed = [builder, builds, steps, logs].find((l) => l.error && l.data === undefined);
  const link = href('builders', key, 'builds', number);
  const line = Number(query.get('line')) || undefined;
  return (
    <div class="page log-page">
      <Trail
        items={[
          { text: 'Builders', link: '#/builders' },
          { text: builder.data?.name ?? key, link: href('builders', key) },
          { text: `#${number}`, link },
          { text: step?.name ?? `step ${stepNumber}`, link: `${link}?step=${stepNumber}` },
        ]}
      />
      <header class="build-head">
        <h1>{log?.name ?? slug}</h1>
        {step && <StatusBadge status={statusOf(step)} />}
      </header>
      <Await of={(failed ?? logs) as Loaded<Log[]>} lines={8}>
        {() => log && <LogView key={log.logid} log={log} line={line} link={`${link}/steps/${stepNumber}/logs/${encodeURIComponent(slug)}`} ownPage />}
      </Await>
    </div>
  );
}

export default function Page({ params, query }: PageProps) {
  const { builder = '', number, step, slug = '' } = params;
  return <LogPage builder={builder} number={Number(number)} step={Number(step)} slug={slug} query={query} />;
}
