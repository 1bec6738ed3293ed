// SPDX-License-Identifier: Apache-2.0
// What is known of the build that the pointer or the focus is on; always at the same place, so that it hides nothing.
import type { Build, Builder } from '../../api/records';
import { property, Source } from '../../components/buildtable';
import { Facts } from '../../components/panel';
import { StatusBadge } from '../../components/status';
import { Duration } from '../../components/time';
import { formatDate } from '../../lib/format';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import { t } from '../../text';

export function Details({ build, builders }: { build: Build | undefined; builders: readonly Builder[] }) {
  if (!build) return <div class="waterfall-details muted">{t.waterfall.hint} {t.waterfall.keys}</div>;
  const name = builders.find((b) => b.builderid === build.builderid)?.name ?? t.overview.builderNamed(build.builderid);
  const told = (text: string) => text || '–';
  return (
    <div class="waterfall-details" data-testid="waterfall-details">
      <span class="waterfall-details-head">
        <a class="strong" href={href('builders', build.builderid, 'builds', build.number)}>{name} #{build.number}</a>
        <StatusBadge status={statusOf(build)} />
        <span class="muted clip">{build.state_string}</span>
      </span>
      <Facts
        rows={[
          [t.waterfall.took, <Duration key="took" from={build.started_at} to={build.complete_at} />],
          [t.waterfall.from, formatDate(build.started_at)],
          [t.waterfall.to, build.complete_at ? formatDate(build.complete_at) : '–'],
          [t.waterfall.source, <Source key="source" properties={build.properties} />],
          [t.waterfall.owner, told(property(build.properties, 'owner'))],
          [t.waterfall.reason, told(property(build.properties, 'reason'))],
          [t.waterfall.worker, told(property(build.properties, 'workername'))],
        ]}
      />
    </div>
  );
}
