// SPDX-License-Identifier: Apache-2.0
// What stands beside a builder's builds: the requests that wait, its workers; and above them the cells of a matrix.
import { useState } from 'preact/hooks';
import { control } from '../../api/client';
import type { Build, Builder, BuildRequest, Worker } from '../../api/records';
import { CancelButton } from '../../components/actions';
import { property, Source } from '../../components/buildtable';
import { Confirm } from '../../components/dialog';
import { Await, Empty } from '../../components/notice';
import { Panel } from '../../components/panel';
import { BuildBubble } from '../../components/status';
import { Ago } from '../../components/time';
import { tell } from '../../components/toast';
import { WhyWaiting } from '../../components/why';
import { PauseReason, WorkerState } from '../../components/workerstate';
import { groupBy } from '../../lib/merge';
import { href } from '../../lib/route';
import { withRights } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';

/** Builds that a cell of a matrix shows. */
const CELL_BUILDS = 4;

export function Requests({ builderid }: { builderid: number }) {
  const requests = useCollection<BuildRequest>(specs.pendingRequests(builderid));
  const several = (requests.data?.length ?? 0) > 1;
  const aside = requests.data && (
    <>
      {t.builder.requests(requests.total)} {several && <CancelAll requests={requests.data} onDone={requests.reload} />}
    </>
  );
  return (
    <Panel title={t.builder.waiting} aside={aside} testid="pending">
      <Await of={requests} lines={1}>
        {(list) =>
          list.length === 0 ? (
            <Empty>{t.builder.noneWaiting}</Empty>
          ) : (
            <ul class="rows bordered">
              {list.map((request, i) => <RequestRow key={request.buildrequestid} request={request} first={i === 0} onDone={requests.reload} />)}
            </ul>
          )
        }
      </Await>
    </Panel>
  );
}

/** Those that are listed: what comes while one is asked is not meant. */
function CancelAll({ requests, onDone }: { requests: readonly BuildRequest[]; onDone: () => void }) {
  const [asked, setAsked] = useState<readonly BuildRequest[]>();
  const cancel = async (reason: string) => {
    const call = async () => {
      for (const { buildrequestid } of asked ?? []) await control(`buildrequests/${buildrequestid}`, 'cancel', reason ? { reason } : {});
      return true;
    };
    if (await withRights(t.builder.cancelling, call)) tell(t.builder.cancelled(asked?.length ?? 0));
    onDone();
  };
  return (
    <>
      <button type="button" class="button small" onClick={() => setAsked(requests)} data-testid="cancel-all">{t.builder.cancelAll}</button>
      {asked && (
        <Confirm
          title={t.builder.cancelAllTitle(asked.length)}
          text={t.builder.cancelAllText}
          action={t.builder.cancelAll}
          withReason
          danger
          onConfirm={cancel}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

/** The first one tells by itself why it waits; hundreds may stand behind it, mostly for the same reason. */
function RequestRow({ request, first, onDone }: { request: BuildRequest; first: boolean; onDone: () => void }) {
  const [asked, setAsked] = useState(false);
  const why = first || asked;
  return (
    <li data-testid="request-row">
      <div class="row">
        <span class="row-main">
          <a href={href('buildrequests', request.buildrequestid)}>{t.builder.request(request.buildrequestid)}</a>
          <span class="muted">{property(request.properties, 'reason') || <Source properties={request.properties} />}</span>
        </span>
        <span class="row-end">
          <Ago at={request.submitted_at} />
          {!why && <button type="button" class="button small" onClick={() => setAsked(true)} data-testid="why-button">{t.builder.why}</button>}
          <CancelButton request={request} onDone={onDone} />
        </span>
      </div>
      {why && <WhyWaiting id={request.buildrequestid} />}
    </li>
  );
}

/** The builders that a matrix made of this one, with their last results. */
export function Cells({ builder, cells }: { builder: Builder; cells: readonly Builder[] }) {
  const builds = useCollection<Build>(specs.buildsOfBuilders(cells.map((c) => c.builderid), cells.length * CELL_BUILDS));
  const byCell = groupBy(builds.data ?? [], (b) => b.builderid);
  return (
    <Panel title={t.builder.matrix} aside={t.builder.cells(cells.length)} testid="matrix">
      <ul class="rows">
        {cells.map((cell) => (
          <li key={cell.builderid} class="row" data-testid="matrix-cell">
            <span class="row-main">
              <a href={href('builders', cell.builderid)} title={cell.name}>{cell.name.slice(builder.name.length + 2, -1)}</a>
            </span>
            <span class="bubbles">
              {byCell.get(cell.builderid)?.slice(0, CELL_BUILDS).map((build) => <BuildBubble key={build.buildid} build={build} />)}
              {builds.data && !byCell.has(cell.builderid) && <span class="muted">{t.builder.noRecent}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function Workers({ builderid }: { builderid: number }) {
  const workers = useCollection<Worker>(specs.workersOfBuilder(builderid));
  return (
    <Panel title={t.builder.workers} aside={workers.data && t.builder.nWorkers(workers.data.length)}>
      <Await of={workers} lines={1}>
        {(list) =>
          list.length === 0 ? (
            <Empty>{t.builder.noWorker}</Empty>
          ) : (
            <ul class="rows">
              {list.map((worker) => (
                <li key={worker.workerid} class="row">
                  <span class="row-main">
                    <a href={href('workers', worker.workerid)}>{worker.name}</a>
                    <PauseReason worker={worker} />
                  </span>
                  <WorkerState worker={worker} />
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </Panel>
  );
}
