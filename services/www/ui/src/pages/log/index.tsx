// SPDX-License-Identifier: Apache-2.0
// One log on a page of its own, as high as the window; "?line=N" or "?line=N-M" opens and marks lines, "?q=" searches.
import type { Build, Builder, Log, Step } from '../../api/records';
import { LogView } from '../../components/logview';
import { Await } from '../../components/notice';
import { Trail, useTitle } from '../../components/panel';
import { StatusBadge } from '../../components/status';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import * as specs from '../../lib/specs';
import { useOne, type Loaded } from '../../live/hooks';
import { t } from '../../text';
import { NotFound } from '../notfound';
import type { PageProps } from '../../lib/pages';

interface Props {
  builder: string;
  number: number;
  step: number;
  slug: string;
  query: URLSearchParams;
}

/** The first of what leads to the log that is not there. */
function missing({ builder, number, step, slug }: Props, found: readonly Loaded<unknown>[]): string | undefined {
  const texts = [t.log.noBuilder(builder), t.log.noBuild(number), t.log.noStep(number, step), t.log.noLog(step, slug)];
  const at = found.findIndex((record) => record.error?.status === 404);
  return texts[at];
}

/** All of it is asked for at once, by the path that the address has: nothing waits for anything else. */
function LogPage(props: Props) {
  const { builder: key, number, step: stepNumber, slug, query } = props;
  const path = `builders/${encodeURIComponent(key)}/builds/${number}`;
  const builder = useOne<Builder>(specs.builder(key));
  const build = useOne<Build>({ path, plural: 'builds', id: 'buildid' });
  const stepAtFirst = useOne<Step>({ path: `${path}/steps/${stepNumber}`, plural: 'steps', id: 'stepid' });
  const log = useOne<Log>({ path: `${path}/steps/${stepNumber}/logs/${encodeURIComponent(slug)}`, plural: 'logs', id: 'logid' });
  const step = useOne<Step>(stepAtFirst.data && !stepAtFirst.data.complete ? specs.step(stepAtFirst.data.stepid) : null).data ?? stepAtFirst.data;
  useTitle(builder.data ? `${builder.data.name} #${number} ${step?.name ?? ''} ${slug}` : t.log.title);

  const gone = missing(props, [builder, build, stepAtFirst, log]);
  if (gone) return <NotFound what={gone} />;
  const link = href('builders', key, 'builds', number);
  return (
    <div class="page log-page">
      <Trail
        items={[
          { text: t.log.builders, link: '#/builders' },
          { text: builder.data?.name ?? key, link: href('builders', key) },
          { text: `#${number}`, link },
          { text: step?.name ?? t.log.step(stepNumber), link: `${link}?step=${stepNumber}` },
        ]}
      />
      <header class="build-head">
        <h1>{log.data?.name ?? slug}</h1>
        {step && <StatusBadge status={statusOf(step)} />}
      </header>
      <Await of={log} lines={8}>
        {(data) => (
          <LogView key={data.logid} log={data} query={query} started={step?.started_at ?? null} link={`${link}/steps/${stepNumber}/logs/${encodeURIComponent(slug)}`} />
        )}
      </Await>
    </div>
  );
}

export default function Page({ params, query }: PageProps) {
  const { builder = '', number, step, slug = '' } = params;
  return <LogPage builder={builder} number={Number(number)} step={Number(step)} slug={slug} query={query} />;
}
