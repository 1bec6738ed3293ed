// SPDX-License-Identifier: Apache-2.0
// What is going on now: running builds, what failed lately, what waits and why, the workers, what was mailed.
import type { Build, Builder, BuildRequest, Notification, Worker } from '../../api/records';
import { MessageList } from '../../components/messages';
import { Await, Empty } from '../../components/notice';
import { Panel, useTitle } from '../../components/panel';
import { config } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection, type Loaded } from '../../live/hooks';
import { t } from '../../text';
import '../../styles/pages/overview.css';
import { Failures, Recent } from './recent';
import { Running } from './running';
import { Start } from './start';
import { Waiting } from './waiting';
import { WorkerTiles } from './workers';

const RECENT = 200;
const FAILURES = 6;
const RUNNING = 100;

export default function HomePage() {
  useTitle('');
  const builders = useCollection<Builder>(specs.builders());
  const running = useCollection<Build>(specs.runningBuilds(RUNNING));
  const recent = useCollection<Build>(specs.recentBuilds(RECENT));
  const failed = useCollection<Build>(specs.failedBuilds(FAILURES));
  const pending = useCollection<BuildRequest>(specs.pendingRequests());
  const workers = useCollection<Worker>(specs.workers());
  const messages = useCollection<Notification>(specs.messages(6));
  const names = new Map(builders.data?.map((b) => [b.builderid, b.name]));
  const all = (link: string, text: string) => <a href={link}>{text}</a>;
  return (
    <div class="page">
      <Headline running={running} pending={pending} workers={workers} />
      {builders.data?.length === 0 && <Panel title={t.overview.startTitle} testid="start"><Start /></Panel>}
      <div class="columns">
        <div>
          <Panel title={t.overview.running} testid="running-builds">
            <Await of={running} lines={2}>{(list) => <Running builds={list} names={names} />}</Await>
          </Panel>
          <Panel title={t.overview.recent} aside={all('#/builders', t.overview.allBuilders)} testid="recent-builds">
            <Await of={recent} lines={6}>{(list) => <Recent builds={list} builders={builders.data} names={names} />}</Await>
          </Panel>
        </div>
        <div>
          <Panel title={t.overview.waiting} aside={all('#/pendingbuildrequests', pending.data ? t.overview.requests(pending.total) : t.overview.allWaiting)} testid="pending">
            <Await of={pending} lines={1}>{(list) => <Waiting requests={list} names={names} />}</Await>
          </Panel>
          <Panel title={t.overview.failures} testid="recent-failures">
            <Await of={failed} lines={2}>{(list) => <Failures builds={list} names={names} />}</Await>
          </Panel>
          <Panel title={t.overview.workers} aside={all('#/workers', t.overview.allWorkers)} testid="workers">
            <Await of={workers} lines={1}>{(list) => (list.length ? <WorkerTiles workers={list} running={running.data ?? []} /> : <Empty>{t.overview.noWorkers}</Empty>)}</Await>
          </Panel>
          <Panel title={t.overview.messages} aside={all('#/messages', t.overview.allMessages)} testid="latest-messages">
            <MessageList of={messages} none={t.overview.noMessages} />
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
        <Count n={running.data && running.total} text={t.overview.runningCount} testid="running-count" />
        <Count n={pending.data && pending.total} text={t.overview.waitingCount} testid="pending-count" />
        <Count n={online} text={t.overview.onlineCount(online)} testid="worker-count" />
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
