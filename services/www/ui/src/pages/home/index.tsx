// SPDX-License-Identifier: Apache-2.0
// What is going on now: running builds, what came out lately, what waits, what was mailed.
import type { Build, Builder, BuildRequest, Notification, Step, Worker } from '../../api/records';
import { MessageList } from '../../components/messages';
import { Await, Empty } from '../../components/notice';
import { Panel, useTitle } from '../../components/panel';
import { BuildBubble, StatusBadge } from '../../components/status';
import { Ago, Duration } from '../../components/time';
import { median, plural } from '../../lib/format';
import { groupBy } from '../../lib/merge';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import { config } from '../../lib/session';
import * as specs from '../../lib/specs';
import { whyWaiting } from '../../lib/waiting';
import { useCollection, useNow, type Loaded } from '../../live/hooks';
import { isOld } from '../builders';

const RECENT = 200;
const BUBBLES = 8;

export default function HomePage() {
  useTitle('');
  const builders = useCollection<Builder>(specs.builders());
  const running = useCollection<Build>(specs.runningBuilds());
  const recent = useCollection<Build>(specs.recentBuilds(RECENT));
  const pending = useCollection<BuildRequest>(specs.pendingRequests());
  const workers = useCollection<Worker>(specs.workers());
  const messages = useCollection<Notification>(specs.messages(6));
  const names = new Map(builders.data?.map((b) => [b.builderid, b.name]));
  return (
    <div class="page">
      <Headline running={running} pending={pending} workers={workers} />
      <div class="columns">
        <div>
          <Panel title="Running" testid="running-builds">
            <Await of={running} lines={2}>
              {(list) => <Running builds={list} names={names} recent={recent.data ?? []} />}
            </Await>
          </Panel>
          <Panel title="Recent builds" aside={<a href="#/builders">All builders</a>} testid="recent-builds">
            <Await of={recent} lines={6}>{(list) => <Recent builds={list} builders={builders.data} names={names} />}</Await>
          </Panel>
        </div>
        <div>
          <Panel title="Waiting" aside={pending.data && plural(pending.total, 'request')} testid="pending">
            <Await of={pending} lines={1}>{(list) => <Waiting requests={list} names={names} workers={workers.data} />}</Await>
          </Panel>
          <Panel title="Latest messages" aside={<a href="#/messages">All messages</a>} testid="latest-messages">
            <MessageList of={messages} none="No message has been sent yet." />
          </Panel>
        </div>
      </div>
    </div>
  );
}

interface HeadlineProps {
  running: Loaded<Build[]>;
  pending: Loaded<BuildRequest[]>;
  workers: Loaded<Worker[]>;
}

function Headline({ running, pending, workers }: HeadlineProps) {
  const { title, titleURL } = config.value;
  const online = workers.data?.filter((w) => w.connected_to.length > 0).length;
  return (
    <header class="headline">
      <h1>{/^https?:/.test(titleURL) ? <a href={titleURL}>{title}</a> : title}</h1>
      <ul class="counts">
        <Count n={running.data?.length} text="running" testid="running-count" />
        <Count n={pending.data && pending.total} text="waiting" testid="pending-count" />
        <Count n={online} text={online === 1 ? 'worker online' : 'workers online'} testid="worker-count" />
      </ul>
    </header>
  );
}

function Count({ n, text, testid }: { n: number | undefined; text: string; testid: string }) {
  return (
    <li data-testid={testid}>
      <strong>{n ?? '–'}</strong> {text}
    </li>
  );
}

interface RunningProps {
  builds: readonly Build[];
  names: ReadonlyMap<number, string>;
  recent: readonly Build[];
}

function Running({ builds, names, recent }: RunningProps) {
  if (builds.length === 0) return <Empty>Nothing is running.</Empty>;
  return (
    <ul class="rows">
      {builds.map((build) => (
        <RunningRow key={build.buildid} build={build} name={names.get(build.builderid)} usual={usualDuration(recent, build.builderid)} />
      ))}
    </ul>
  );
}

/** What the builder's successful builds usually take. */
function usualDuration(recent: readonly Build[], builderid: number): number | undefined {
  const good = recent.filter((b) => b.builderid === builderid && (b.results === 0 || b.results === 1));
  return median(good.map((b) => (b.complete_at ?? b.started_at) - b.started_at));
}

function RunningRow({ build, name, usual }: { build: Build; name: string | undefined; usual: number | undefined }) {
  const steps = useCollection<Step>(specs.steps(build.buildid));
  const current = steps.data?.filter((s) => statusOf(s) === 'running').at(-1);
  return (
    <li class="row" data-testid="running-row">
      <StatusBadge status="running" />
      <span class="row-main">
        <a class="strong" href={href('builders', build.builderid, 'builds', build.number)}>
          {name ?? `builder ${build.builderid}`} #{build.number}
        </a>
        <span class="muted clip">{current ? current.name : build.state_string}</span>
      </span>
      <span class="row-end">
        <Duration from={build.started_at} to={null} />
        <Progress from={build.started_at} usual={usual} />
      </span>
    </li>
  );
}

/** How far along, judging by the builds before; nothing for a builder without any. */
function Progress({ from, usual }: { from: number; usual: number | undefined }) {
  const now = useNow();
  if (!usual) return <span class="progress-space" />;
  return <progress class="progress" max={1} value={Math.min(0.98, (now - from) / usual)} aria-label="Progress, judging by earlier builds" />;
}

interface RecentProps {
  builds: readonly Build[];
  builders: readonly Builder[] | undefined;
  names: ReadonlyMap<number, string>;
}

function Recent({ builds, builders, names }: RecentProps) {
  const old = new Set(builders?.filter(isOld).map((b) => b.builderid));
  if (builds.length === 0) {
    return (
      <Empty>
        {builders?.length === 0 ? 'No builders are configured yet: apply a slipway.yaml.' : 'No build has run yet. Push a commit, or force a build from its builder.'}
      </Empty>
    );
  }
  const groups = [...groupBy(builds, (b) => b.builderid)].filter(([id]) => !old.has(id));
  // By name, since an order by time would make the rows jump about.
  groups.sort(([a], [b]) => (names.get(a) ?? '').localeCompare(names.get(b) ?? ''));
  return (
    <ul class="rows">
      {groups.map(([builderid, list]) => (
        <RecentRow key={builderid} builderid={builderid} builds={list} name={names.get(builderid)} />
      ))}
    </ul>
  );
}

function RecentRow({ builderid, builds, name }: { builderid: number; builds: readonly Build[]; name: string | undefined }) {
  const last = builds.find((b) => b.complete);
  return (
    <li class="row recent-row" data-testid="recent-row">
      <span class="row-main">
        <a class="strong" href={href('builders', builderid)}>{name ?? `builder ${builderid}`}</a>
        <span class="muted clip">{last ? <Ago at={last.complete_at} /> : 'first build running'}</span>
      </span>
      <span class="bubbles">
        {builds.slice(0, BUBBLES).map((build) => (
          <BuildBubble key={build.buildid} build={build} />
        ))}
      </span>
    </li>
  );
}

interface WaitingProps {
  requests: readonly BuildRequest[];
  names: ReadonlyMap<number, string>;
  workers: readonly Worker[] | undefined;
}

function Waiting({ requests, names, workers }: WaitingProps) {
  const why = (builderid: number) =>
    workers && whyWaiting(workers.filter((w) => w.configured_on.some((c) => c.builderid === builderid)));
  if (requests.length === 0) return <Empty>No requests are waiting.</Empty>;
  return (
    <ul class="rows">
      {[...groupBy(requests, (r) => r.builderid)].map(([builderid, list]) => (
        <li key={builderid} class="row">
          <StatusBadge status="pending" text={String(list.length)} />
          <span class="row-main">
            <a href={href('builders', builderid)}>{names.get(builderid) ?? `builder ${builderid}`}</a>
            <span class="muted">{why(builderid)}</span>
          </span>
          <span class="row-end muted"><Ago at={list[0]?.submitted_at} /></span>
        </li>
      ))}
    </ul>
  );
}
