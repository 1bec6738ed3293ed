// SPDX-License-Identifier: Apache-2.0
// One log on a page of its own, as high as the window; "?line=N" or "?line=N-M" opens and marks lines, "?q=" searches.
import { LogView } from '../../components/logview';
import { Await, Empty } from '../../components/notice';
import { Trail, useTitle } from '../../components/panel';
import { StatusBadge } from '../../components/status';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import { t } from '../../text';
import { NotFound } from '../notfound';
import type { PageProps } from '../../lib/pages';
import { useFound, type Address } from './found';

interface Props extends Address {
  query: URLSearchParams;
}

function LogPage({ builder: key, number, step: stepNumber, slug, query }: Props) {
  const { builder, step, log, waiting, gone } = useFound({ builder: key, number, step: stepNumber, slug });
  useTitle(builder ? `${builder.name} #${number} ${step?.name ?? ''} ${slug}` : t.log.title);
  if (gone) return <NotFound what={gone} />;
  const link = href('builders', key, 'builds', number);
  return (
    <div class="page log-page">
      <Trail
        items={[
          { text: t.log.builders, link: '#/builders' },
          { text: builder?.name ?? key, link: href('builders', key) },
          { text: `#${number}`, link },
          { text: step?.name ?? t.log.step(stepNumber), link: `${link}?step=${stepNumber}` },
        ]}
      />
      <header class="build-head">
        <h1>{log.data?.name ?? slug}</h1>
        {step && <StatusBadge status={statusOf(step)} />}
      </header>
      {waiting && <Empty>{t.log.waiting}</Empty>}
      {!waiting && (
        <Await of={log} lines={8}>
          {(data) => <LogView key={data.logid} log={data} query={query} started={step?.started_at ?? null} link={`${link}/steps/${stepNumber}/logs/${encodeURIComponent(slug)}`} />}
        </Await>
      )}
    </div>
  );
}

export default function Page({ params, query }: PageProps) {
  const { builder = '', number, step, slug = '' } = params;
  return <LogPage builder={builder} number={Number(number)} step={Number(step)} slug={slug} query={query} />;
}
