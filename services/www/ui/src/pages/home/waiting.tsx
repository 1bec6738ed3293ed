// SPDX-License-Identifier: Apache-2.0
// What waits, builder by builder, and why the first of each does.
import type { BuildRequest } from '../../api/records';
import { Empty } from '../../components/notice';
import { StatusBadge } from '../../components/status';
import { Ago } from '../../components/time';
import { WhyWaiting } from '../../components/why';
import { groupBy } from '../../lib/merge';
import { href } from '../../lib/route';
import { t } from '../../text';

const BUILDERS = 8;
/** The server judges each anew every few seconds. */
const JUDGED = 4;

export function Waiting({ requests, names }: { requests: readonly BuildRequest[]; names: ReadonlyMap<number, string> }) {
  if (requests.length === 0) return <Empty>{t.overview.noneWaiting}</Empty>;
  return (
    <ul class="rows">
      {[...groupBy(requests, (r) => r.builderid)].slice(0, BUILDERS).map(([builderid, list], i) => (
        <li key={builderid} class="row waiting-row">
          <StatusBadge status="pending" text={String(list.length)} />
          <a class="strong clip" href={href('builders', builderid)}>{names.get(builderid) ?? t.overview.builderNamed(builderid)}</a>
          <span class="muted"><Ago at={list[0]?.submitted_at} /></span>
          {i < JUDGED && list[0] && <WhyWaiting id={list[0].buildrequestid} />}
        </li>
      ))}
    </ul>
  );
}
