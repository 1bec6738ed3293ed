// SPDX-License-Identifier: Apache-2.0
// One build: what it was for, how it stands, its steps and logs, properties, changes and messages.
import type { Build, Builder, BuildRequest, BuildSet, Change } from '../api/records';
import { RebuildButton, StopButton } from '../components/actions';
import { property } from '../components/buildtable';
import { Await, ErrorNote, Loading } from '../components/notice';
import { Facts, Tabs, Trail, useTitle } from '../components/panel';
import { StatusBadge } from '../components/status';
import { Ago, Duration } from '../components/time';
import { authorName, firstLine, shortRevision } from '../lib/format';
import { statusOf } from '../lib/results';
import { href, withQuery } from '../lib/route';
import * as specs from '../lib/specs';
import { useCollection, useOne, type Loaded } from '../live/hooks';
import { ChangesTab, MessagesTab, PropertiesTab } from './buildtabs';
import { StepsTab } from './buildsteps';
import { NotFound } from './notfound';

interface Props {
  builder: string;
  number: number;
  query: URLSearchParams;
}

export function BuildPage({ builder: key, number, query }: Props) {
  const builder = useOne<Builder>(specs.builder(key));
  if (builder.error?.status === 404) return <NotFound what={`There is no builder ${key}.`} />;
  return (
    <div class="page">
      <Await of={builder} lines={8}>{(b) => <Found builder={b} number={number} query={query} />}</Await>
    </div>
  );
}

function Found({ builder, number, query }: { builder: Builder; number: number; query: URLSearchParams }) {
  const builds = useCollection<Build>(specs.buildAndNeighbours(builder.builderid, number));
  const build = builds.data?.find((b) => b.number === number);
  const result = build ? statusOf(build) : '';
  useTitle(`${builder.name} #${number} ${result}`);
  if (!build) {
    if (builds.error) return <ErrorNote error={builds.error} retry={builds.reload} />;
    return builds.data ? <NotFound what={`${builder.name} has no build #${number}.`} /> : <Loading lines={8} />;
  }
  const has = (n: number) => builds.data?.some((b) => b.number === n) ?? false;
  return (
    <>
      <Trail items={[{ text: 'Builders', link: '#/builders' }, { text: builder.name, link: href('builders', builder.builderid) }]} />
      <BuildHead builder={builder} build={build} previous={has(number - 1)} next={has(number + 1)} />
      <BuildBody build={build} query={query} />
    </>
  );
}

function BuildHead({ builder, build, previous, next }: { builder: Builder; build: Build; previous: boolean; next: boolean }) {
  return (
    <header class="build-head">
      <h1>
        {builder.name} <span class="muted">#{build.number}</span>
      </h1>
      <span role="status" aria-live="polite">
        <StatusBadge status={statusOf(build)} testid="build-result" />
      </span>
      <span class="build-state muted">{build.state_string}</span>
      <span class="head-actions">
        <Neighbour builderid={build.builderid} number={build.number - 1} exists={previous} text="‹ Previous" />
        <Neighbour builderid={build.builderid} number={build.number + 1} exists={next} text="Next ›" />
        {build.complete ? <RebuildButton build={build} /> : <StopButton build={build} />}
      </span>
    </header>
  );
}

/** Keeps its place when there is no such build, so that the buttons beside it do not move. */
function Neighbour({ builderid, number, exists, text }: { builderid: number; number: number; exists: boolean; text: string }) {
  if (!exists) return <span class="button" aria-disabled="true">{text}</span>;
  return <a class="button" href={href('builders', builderid, 'builds', number)}>{text}</a>;
}

function BuildBody({ build, query }: { build: Build; query: URLSearchParams }) {
  const request = useOne<BuildRequest>(specs.request(build.buildrequestid));
  const buildset = useOne<BuildSet>(request.data ? specs.buildset(request.data.buildsetid) : null);
  const changes = useCollection<Change>(specs.changesOfBuild(build.buildid));
  const link = href('builders', build.builderid, 'builds', build.number);
  const tab = query.get('tab') ?? 'steps';
  const tabs = ['steps', 'properties', 'changes', 'messages'].map((id) => ({
    id,
    text: id === 'changes' && changes.data ? `Changes (${changes.total})` : id[0]!.toUpperCase() + id.slice(1),
    link: id === 'steps' ? link : withQuery(link, { tab: id }),
  }));
  return (
    <>
      <BuildFacts build={build} buildset={buildset} request={request} changes={changes} />
      <Tabs tabs={tabs} current={tab} label="Parts of this build" />
      {tab === 'properties' && <PropertiesTab build={build} />}
      {tab === 'changes' && <ChangesTab changes={changes} />}
      {tab === 'messages' && <MessagesTab build={build} />}
      {!['properties', 'changes', 'messages'].includes(tab) && <StepsTab build={build} query={query} />}
    </>
  );
}

interface FactsProps {
  build: Build;
  buildset: Loaded<BuildSet>;
  request: Loaded<BuildRequest>;
  changes: Loaded<Change[]>;
}

function BuildFacts({ build, buildset, request, changes }: FactsProps) {
  const stamp = buildset.data?.sourcestamps[0];
  const revision = property(build.properties, 'got_revision') || stamp?.revision || property(build.properties, 'revision');
  const branch = stamp?.branch || property(build.properties, 'branch');
  const waited = request.data ? build.started_at - request.data.submitted_at : 0;
  const newest = changes.data?.reduce((a, b) => (b.changeid > a.changeid ? b : a), changes.data[0]!);
  const attempt = (build.attempt ?? 1) > 1 ? ` (attempt ${build.attempt})` : '';
  return (
    <div class="build-facts">
      <Facts
        rows={[
          ['Duration', <><Duration from={build.started_at} to={build.complete_at} />{attempt}</>],
          ['Started', <><Ago at={build.started_at} />{waited >= 5 && <span class="muted"> after {waited} s waiting</span>}</>],
          ['Branch', branch || '–'],
          ['Revision', revision ? <code title={revision}>{shortRevision(revision)}</code> : '–'],
          ['Worker', <WorkerLink build={build} />],
          ['Reason', buildset.data?.reason ?? '–'],
        ]}
      />
      <p class="headline-change clip">
        {newest ? <><strong>{authorName(newest.author)}</strong> {firstLine(newest.comments)}</> : changes.data ? 'No changes.' : '\u00a0'}
      </p>
    </div>
  );
}

function WorkerLink({ build }: { build: Build }) {
  if (!build.workerid) return <>–</>;
  const name = property(build.properties, 'workername') || `worker ${build.workerid}`;
  return <a href={href('workers', build.workerid)}>{name}</a>;
}
