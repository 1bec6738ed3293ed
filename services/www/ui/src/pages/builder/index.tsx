// SPDX-License-Identifier: Apache-2.0
// One builder: its builds, what waits for it, the ways to force a build, its workers.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Build, Builder, BuildRequest, ForceScheduler, Worker } from '../../api/records';
import { CancelButton } from '../../components/actions';
import { BuildTable, Source, property } from '../../components/buildtable';
import { ForceDialog } from '../../components/forceform';
import { Await, Empty } from '../../components/notice';
import { Panel, Trail, useTitle } from '../../components/panel';
import { BuildBubble, VirtualTag } from '../../components/status';
import { Ago } from '../../components/time';
import { WhyWaiting } from '../../components/why';
import { PauseReason, WorkerState } from '../../components/workerstate';
import { plural } from '../../lib/format';
import { cellsOf, isVirtual, ownTags, parentOf } from '../../lib/matrix';
import { groupBy } from '../../lib/merge';
import { href } from '../../lib/route';
import { navigate } from '../../lib/router';
import { askToSignIn, config, isAnonymous } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import { NotFound } from '../notfound';
import { isOld } from '../../lib/builderfilter';
import type { PageProps } from '../../lib/pages';

const PAGE = 50;
/** Builds in the chart. */
const CHARTED = 200;
/** Builds that a cell of a matrix shows. */
const CELL_BUILDS = 4;

function BuilderPage({ builder: key, force }: { builder: string; force?: string }) {
  const builder = useOne<Builder>(specs.builder(key));
  const all = useCollection<Builder>(specs.builders());
  const parent = builder.data && parentOf(builder.data, all.data ?? []);
  useTitle(builder.data?.name ?? 'Builder');
  if (builder.error?.status === 404) return <NotFound what={`There is no builder ${key}.`} />;
  return (
    <div class="page">
      <Trail items={[{ text: 'Builders', link: '#/builders' }, ...(parent ? [{ text: parent.name, link: href('builders', parent.builderid) }] : [])]} />
      <Await of={builder} lines={8}>{(b) => <Found builder={b} all={all.data ?? []} force={force} />}</Await>
    </div>
  );
}

function Found({ builder, all, force }: { builder: Builder; all: readonly Builder[]; force?: string }) {
  const schedulers = useCollection<ForceScheduler>(specs.forceSchedulers(builder.builderid));
  const [limit, setLimit] = useState(PAGE);
  const cells = cellsOf(builder, all);
  const forced = schedulers.data?.find((s) => s.name === force);
  return (
    <>
      <header class="build-head">
        <h1>{builder.name}</h1>
        {isOld(builder) && <span class="tag">old: in no configuration</span>}
        {isVirtual(builder) && <VirtualTag />}
        {ownTags(builder.tags).map((tag) => (
          <a key={tag} class="tag" href={`#/builders?tags=${encodeURIComponent(tag)}`}>{tag}</a>
        ))}
        <span class="head-actions">
          {schedulers.data?.filter((s) => s.enabled !== false).map((s) => (
            <ForceButton key={s.name} builder={builder} scheduler={s} />
          ))}
        </span>
      </header>
      <Description builder={builder} />
      <div class="columns">
        <div>
          {cells.length > 0 && <Cells builder={builder} cells={cells} />}
          <Builds builderid={builder.builderid} limit={limit} onMore={() => setLimit(limit + PAGE)} />
        </div>
        <div>
          <Requests builderid={builder.builderid} />
          <Workers builderid={builder.builderid} />
        </div>
      </div>
      {force && schedulers.data && !forced && <NotFound what={`${builder.name} has no force scheduler ${force}.`} />}
      {forced && <ForceDialog builder={builder} scheduler={forced} onClose={() => navigate(href('builders', builder.builderid))} />}
    </>
  );
}

/** HTML descriptions are made by the server from the administrator's Markdown. */
function Description({ builder }: { builder: Builder }) {
  if (builder.description_html) return <div class="description" dangerouslySetInnerHTML={{ __html: builder.description_html }} />;
  return builder.description ? <p class="description">{builder.description}</p> : null;
}

function ForceButton({ builder, scheduler }: { builder: Builder; scheduler: ForceScheduler }) {
  const open = async () => {
    const mayForce = !isAnonymous(config.peek().user) || (await askToSignIn('Forcing a build needs you to sign in.'));
    if (mayForce) navigate(href('builders', builder.builderid, 'force', scheduler.name));
  };
  return (
    <button type="button" class="button primary" onClick={() => void open()} data-testid="force-button">
      {scheduler.button_name || scheduler.name}
    </button>
  );
}

/** The chart's library is fetched when there is something to draw. */
function History({ builds }: { builds: readonly Build[] }) {
  const [Chart, setChart] = useState<ComponentType<{ builds: readonly Build[] }>>();
  const worth = builds.length > 1;
  useEffect(() => {
    if (worth) void import('../../components/durationchart').then((module) => setChart(() => module.default), () => undefined);
  }, [worth]);
  return worth ? <div class="duration-chart-room">{Chart && <Chart builds={builds} />}</div> : null;
}

function Builds({ builderid, limit, onMore }: { builderid: number; limit: number; onMore: () => void }) {
  const builds = useCollection<Build>(specs.buildsOfBuilder(builderid, Math.max(CHARTED, limit)));
  return (
    <Panel title="Builds" testid="builds">
      <Await of={builds} lines={8}>
        {(list) =>
          list.length === 0 ? (
            <Empty>This builder has not built anything yet.</Empty>
          ) : (
            <>
              <History builds={list} />
              <BuildTable builds={list.slice(0, limit)} />
              {list.length >= limit && (
                <p class="more">
                  <button type="button" class="button" onClick={onMore}>Show more</button>
                </p>
              )}
            </>
          )
        }
      </Await>
    </Panel>
  );
}

function Requests({ builderid }: { builderid: number }) {
  const requests = useCollection<BuildRequest>(specs.pendingRequests(builderid));
  return (
    <Panel title="Waiting" aside={requests.data && plural(requests.total, 'request')} testid="pending">
      <Await of={requests} lines={1}>
        {(list) =>
          list.length === 0 ? (
            <Empty>No requests are waiting.</Empty>
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

/** The first one tells by itself why it waits; hundreds may stand behind it, mostly for the same reason. */
function RequestRow({ request, first, onDone }: { request: BuildRequest; first: boolean; onDone: () => void }) {
  const [asked, setAsked] = useState(false);
  const why = first || asked;
  return (
    <li data-testid="request-row">
      <div class="row">
        <span class="row-main">
          <a href={href('buildrequests', request.buildrequestid)}>Request {request.buildrequestid}</a>
          <span class="muted">{property(request.properties, 'reason') || <Source properties={request.properties} />}</span>
        </span>
        <span class="row-end">
          <Ago at={request.submitted_at} />
          {!why && <button type="button" class="button small" onClick={() => setAsked(true)} data-testid="why-button">Why?</button>}
          <CancelButton request={request} onDone={onDone} />
        </span>
      </div>
      {why && <WhyWaiting id={request.buildrequestid} />}
    </li>
  );
}

/** The builders that a matrix made of this one, with their last results. */
function Cells({ builder, cells }: { builder: Builder; cells: readonly Builder[] }) {
  const builds = useCollection<Build>(specs.buildsOfBuilders(cells.map((c) => c.builderid), cells.length * CELL_BUILDS));
  const byCell = groupBy(builds.data ?? [], (b) => b.builderid);
  return (
    <Panel title="Matrix" aside={plural(cells.length, 'cell')} testid="matrix">
      <ul class="rows">
        {cells.map((cell) => (
          <li key={cell.builderid} class="row" data-testid="matrix-cell">
            <span class="row-main">
              <a href={href('builders', cell.builderid)} title={cell.name}>{cell.name.slice(builder.name.length + 2, -1)}</a>
            </span>
            <span class="bubbles">
              {byCell.get(cell.builderid)?.slice(0, CELL_BUILDS).map((build) => <BuildBubble key={build.buildid} build={build} />)}
              {builds.data && !byCell.has(cell.builderid) && <span class="muted">no recent builds</span>}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Workers({ builderid }: { builderid: number }) {
  const workers = useCollection<Worker>(specs.workersOfBuilder(builderid));
  return (
    <Panel title="Workers" aside={workers.data && plural(workers.data.length, 'worker')}>
      <Await of={workers} lines={1}>
        {(list) =>
          list.length === 0 ? (
            <Empty>No worker can run this builder.</Empty>
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

export default function Page({ params }: PageProps) {
  return <BuilderPage builder={params.builder ?? ''} force={params.scheduler} />;
}
