// SPDX-License-Identifier: Apache-2.0
// What a build was made of and where it comes from: times, source, worker, request, the builds before it.
import type { ComponentChildren } from 'preact';
import type { Build, Builder, BuildRequest, BuildSet, Change, Step } from '../../api/records';
import { property } from '../../components/buildtable';
import { Facts } from '../../components/panel';
import { StatusMark } from '../../components/status';
import { Ago, Duration } from '../../components/time';
import { authorName, firstLine, formatDate, formatDuration, shortRevision } from '../../lib/format';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import * as specs from '../../lib/specs';
import { environmentState } from '../../lib/steps';
import { useOne } from '../../live/hooks';
import { t } from '../../text';
import { useUsual } from './head';

interface FactsProps {
  build: Build;
  request: BuildRequest | undefined;
  buildset: BuildSet | undefined;
  changes: readonly Change[] | undefined;
  steps: readonly Step[];
}

type Fact = [name: string, value: ComponentChildren];

/** Times shorter than this are of no interest beside a build's, in seconds. */
const WORTH_TELLING = 5;

export function BuildFacts({ build, request, buildset, changes, steps }: FactsProps) {
  const newest = changes?.reduce((a, b) => (b.changeid > a.changeid ? b : a), changes[0]!);
  const owner = property(build.properties, 'owner');
  return (
    <div class="build-facts">
      <Facts
        rows={[
          [t.build.duration, <Took key="took" build={build} />],
          [t.build.started, <Started key="started" build={build} request={request} />],
          ...expectedFact(build),
          ...sourceFacts(build, buildset),
          [t.build.worker, <WorkerLink key="worker" build={build} />],
          ...(owner ? [[t.build.owner, owner] as Fact] : []),
          [t.build.reason, buildset?.reason || '–'],
          [t.build.request, <a key="request" href={href('buildrequests', build.buildrequestid)}>{t.build.requestNumber(build.buildrequestid)}</a>],
          ...environmentFact(build, steps),
          ...originFacts(buildset),
        ]}
      />
      <p class="headline-change clip">
        {newest ? <><strong>{authorName(newest.author)}</strong> {firstLine(newest.comments)}</> : changes ? t.build.noChanges : '\u00a0'}
      </p>
    </div>
  );
}

function Took({ build }: { build: Build }) {
  const locks = build.locks_duration_s;
  return (
    <>
      <Duration from={build.started_at} to={build.complete_at} />
      {build.attempt > 1 && ` ${t.build.attempt(build.attempt)}`}
      {locks > 0 && <span class="muted" data-testid="lock-time"> {t.build.locks(formatDuration(locks))}</span>}
    </>
  );
}

function Started({ build, request }: { build: Build; request: BuildRequest | undefined }) {
  const waited = request ? build.started_at - request.submitted_at : 0;
  return (
    <>
      <Ago at={build.started_at} />
      {waited >= WORTH_TELLING && <span class="muted"> {t.build.afterWaiting(formatDuration(waited))}</span>}
    </>
  );
}

function expectedFact(build: Build): Fact[] {
  return build.complete ? [] : [[t.build.expected, <Expected key="expected" build={build} />]];
}

function Expected({ build }: { build: Build }) {
  const usual = useUsual(build);
  if (!usual) return <span class="muted">–</span>;
  const at = build.started_at + usual;
  return <span title={formatDate(at)} data-testid="expected"><Ago at={at} /></span>;
}

function sourceFacts(build: Build, buildset: BuildSet | undefined): Fact[] {
  const stamp = buildset?.sourcestamps[0];
  const revision = property(build.properties, 'got_revision') || stamp?.revision || property(build.properties, 'revision');
  const branch = stamp?.branch || property(build.properties, 'branch');
  return [
    [t.build.branch, branch || '–'],
    [t.build.revision, revision ? <code key="revision" title={revision}>{shortRevision(revision)}</code> : '–'],
  ];
}

function environmentFact(build: Build, steps: readonly Step[]): Fact[] {
  const { environment: key } = build;
  if (!key) return [];
  const state = environmentState(key, steps);
  return [[t.build.environment, <span key="env" data-testid="environment"><code>{key}</code>{state && <span class="muted"> {t.build[state]}</span>}</span>]];
}

function originFacts(buildset: BuildSet | undefined): Fact[] {
  const rows: Fact[] = [];
  if (buildset?.parent_buildid) {
    rows.push([buildset.parent_relationship || t.build.triggeredFrom, <BuildLink key="parent" buildid={buildset.parent_buildid} testid="parent-build" />]);
  }
  if (buildset?.rebuilt_buildid) rows.push([t.build.rebuildOf, <BuildLink key="origin" buildid={buildset.rebuilt_buildid} testid="rebuilt-build" />]);
  return rows;
}

/** Another build, with its result as it stands. */
function BuildLink({ buildid, testid }: { buildid: number; testid: string }) {
  const build = useOne<Build>(specs.build(buildid));
  const builder = useOne<Builder>(build.data ? specs.builder(String(build.data.builderid)) : null);
  // Retention may have removed it.
  if (!build.data) return <span class="muted">{build.error ? t.build.goneBuild(buildid) : '…'}</span>;
  const { builderid, number } = build.data;
  return (
    <a class="with-mark" href={href('builders', builderid, 'builds', number)} data-testid={testid}>
      <StatusMark status={statusOf(build.data)} /> {builder.data?.name ?? t.build.builderNamed(builderid)} #{number}
    </a>
  );
}

function WorkerLink({ build }: { build: Build }) {
  if (!build.workerid) return <>–</>;
  const name = property(build.properties, 'workername') || t.build.workerNamed(build.workerid);
  return <a href={href('workers', build.workerid)}>{name}</a>;
}
