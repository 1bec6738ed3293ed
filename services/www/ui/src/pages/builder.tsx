// SPDX-License-Identifier: Apache-2.0
// One builder: its builds, what waits for it, the ways to force a build, its workers.
import { useState } from 'preact/hooks';
import type { Build, Builder, BuildRequest, ForceScheduler, Worker } from '../api/records';
import { CancelButton } from '../components/actions';
import { BuildTable, Source, property } from '../components/buildtable';
import { ForceDialog } from '../components/forceform';
import { Await, Empty } from '../components/notice';
import { Panel, Trail, useTitle } from '../components/panel';
import { Ago } from '../components/time';
import { WhyWaiting, WorkerState } from '../components/workerstate';
import { plural } from '../lib/format';
import { href } from '../lib/route';
import { navigate } from '../lib/router';
import { askToSignIn, config, isAnonymous } from '../lib/session';
import * as specs from '../lib/specs';
import { useCollection, useOne } from '../live/hooks';
import { NotFound } from './notfound';
import { isOld } from './builders';

const PAGE = 50;

export function BuilderPage({ builder: key, force }: { builder: string; force?: string }) {
  const builder = useOne<Builder>(specs.builder(key));
  useTitle(builder.data?.name ?? 'Builder');
  if (builder.error?.status === 404) return <NotFound what={`There is no builder ${key}.`} />;
  return (
    <div class="page">
      <Trail items={[{ text: 'Builders', link: '#/builders' }]} />
      <Await of={builder} lines={8}>{(b) => <Found builder={b} force={force} />}</Await>
    </div>
  );
}

function Found({ builder, force }: { builder: Builder; force?: string }) {
  const schedulers = useCollection<ForceScheduler>(specs.forceSchedulers(builder.builderid));
  const [limit, setLimit] = useState(PAGE);
  const forced = schedulers.data?.find((s) => s.name === force);
  return (
    <>
      <header class="build-head">
        <h1>{builder.name}</h1>
        {isOld(builder) && <span class="tag">old: in no configuration</span>}
        {builder.tags.map((tag) => (
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
    const mayForce = !isAnonymous(config.get().user) || (await askToSignIn('Forcing a build needs the admin token.'));
    if (mayForce) navigate(href('builders', builder.builderid, 'force', scheduler.name));
  };
  return (
    <button type="button" class="button primary" onClick={() => void open()} data-testid="force-button">
      {scheduler.button_name || scheduler.name}
    </button>
  );
}

function Builds({ builderid, limit, onMore }: { builderid: number; limit: number; onMore: () => void }) {
  const builds = useCollection<Build>(specs.buildsOfBuilder(builderid, limit));
  return (
    <Panel title="Builds" testid="builds">
      <Await of={builds} lines={8}>
        {(list) =>
          list.length === 0 ? (
            <Empty>This builder has not built anything yet.</Empty>
          ) : (
            <>
              <BuildTable builds={list} />
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
            <>
              <ul class="rows">
                {list.map((request) => (
                  <li key={request.buildrequestid} class="row" data-testid="request-row">
                    <span class="row-main">
                      <a href={href('buildrequests', request.buildrequestid)}>Request {request.buildrequestid}</a>
                      <span class="muted">{property(request.properties, 'reason') || <Source properties={request.properties} />}</span>
                    </span>
                    <span class="row-end">
                      <Ago at={request.submitted_at} /> <CancelButton request={request} onDone={requests.reload} />
                    </span>
                  </li>
                ))}
              </ul>
              <WhyWaiting builderid={builderid} />
            </>
          )
        }
      </Await>
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
