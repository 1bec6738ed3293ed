// SPDX-License-Identifier: Apache-2.0
// One build: what it was for, how it stands, its steps and logs, properties, changes and messages.
import type { ComponentChildren } from 'preact';
import type { Artifact, Build, Builder, BuildRequest, BuildSet, Change, Step, TestResultSet } from '../../api/records';
import { PinButton, RebuildButton, StopButton } from '../../components/actions';
import { property } from '../../components/buildtable';
import { Await, ErrorNote, Loading } from '../../components/notice';
import { Facts, Tabs, Trail, useTitle } from '../../components/panel';
import { StatusBadge, StatusMark } from '../../components/status';
import { Ago, Duration } from '../../components/time';
import { authorName, firstLine, shortRevision } from '../../lib/format';
import { statusOf } from '../../lib/results';
import { href, withQuery } from '../../lib/route';
import * as specs from '../../lib/specs';
import { environmentState } from '../../lib/steps';
import { countTests } from '../../lib/tests';
import { useCollection, useOne, type Loaded } from '../../live/hooks';
import { ArtifactsTab } from './artifacts';
import { ChangesTab, MessagesTab, PropertiesTab } from './tabs';
import { StepsTab } from './steps';
import { TestsTab } from './tests';
import { NotFound } from '../notfound';
import type { PageProps } from '../../lib/pages';

interface Props {
  builder: string;
  number: number;
  query: URLSearchParams;
}

function BuildPage({ builder: key, number, query }: Props) {
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
      <BuildHead builder={builder} build={build} previous={has(number - 1)} next={has(number + 1)} onDone={builds.reload} />
      <BuildBody build={build} query={query} />
    </>
  );
}

interface HeadProps {
  builder: Builder;
  build: Build;
  previous: boolean;
  next: boolean;
  onDone: () => void;
}

function BuildHead({ builder, build, previous, next, onDone }: HeadProps) {
  return (
    <header class="build-head">
      <h1>
        {builder.name} <span class="muted">#{build.number}</span>
      </h1>
      <span role="status" aria-live="polite">
        <StatusBadge status={statusOf(build)} testid="build-result" />
      </span>
      {build.pinned && <span class="tag" data-testid="pinned" title="Kept, whatever retention says">pinned</span>}
      <span class="build-state muted">{build.state_string}</span>
      <span class="head-actions">
        <Neighbour builderid={build.builderid} number={build.number - 1} exists={previous} text="‹ Previous" />
        <Neighbour builderid={build.builderid} number={build.number + 1} exists={next} text="Next ›" />
        <PinButton build={build} onDone={onDone} />
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
  const steps = useCollection<Step>(specs.steps(build.buildid));
  const sets = useCollection<TestResultSet>(specs.testResultSets(build.buildid));
  const artifacts = useCollection<Artifact>(specs.artifacts(build.buildid));
  const tab = query.get('tab') ?? 'steps';
  const all: [id: string, text: string, shown: boolean, content: () => ComponentChildren][] = [
    ['steps', 'Steps', true, () => <StepsTab build={build} steps={steps} query={query} />],
    ['tests', testsText(sets.data), Boolean(sets.data?.length), () => <TestsTab sets={sets} />],
    ['artifacts', `Artifacts (${artifacts.total})`, artifacts.total > 0, () => <ArtifactsTab artifacts={artifacts} />],
    ['properties', 'Properties', true, () => <PropertiesTab build={build} />],
    ['changes', changes.data ? `Changes (${changes.total})` : 'Changes', true, () => <ChangesTab changes={changes} />],
    ['messages', 'Messages', true, () => <MessagesTab build={build} />],
  ];
  const link = href('builders', build.builderid, 'builds', build.number);
  const tabs = all
    .filter(([id, , shown]) => shown || id === tab)
    .map(([id, text]) => ({ id, text, link: id === 'steps' ? link : withQuery(link, { tab: id }) }));
  const [, , , content] = all.find(([id]) => id === tab) ?? all[0]!;
  return (
    <>
      <BuildFacts build={build} buildset={buildset} request={request} changes={changes} steps={steps} />
      <Tabs tabs={tabs} current={tab} label="Parts of this build" />
      {content()}
    </>
  );
}

/** Failed tests are what one looks for; without any, how many passed. */
function testsText(sets: readonly TestResultSet[] | undefined): string {
  const { passed, failed } = countTests(sets ?? []);
  if (failed > 0) return `Tests (${failed} failed)`;
  return passed > 0 ? `Tests (${passed})` : 'Tests';
}

interface FactsProps {
  build: Build;
  buildset: Loaded<BuildSet>;
  request: Loaded<BuildRequest>;
  changes: Loaded<Change[]>;
  steps: Loaded<Step[]>;
}

function BuildFacts({ build, buildset, request, changes, steps }: FactsProps) {
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
          ...environmentFact(build, steps.data ?? []),
          ...parentFact(buildset.data),
        ]}
      />
      <p class="headline-change clip">
        {newest ? <><strong>{authorName(newest.author)}</strong> {firstLine(newest.comments)}</> : changes.data ? 'No changes.' : '\u00a0'}
      </p>
    </div>
  );
}

type Fact = [name: string, value: ComponentChildren];

function environmentFact(build: Build, steps: readonly Step[]): Fact[] {
  const { environment: key } = build;
  if (!key) return [];
  const state = environmentState(key, steps);
  return [['Environment', <span data-testid="environment"><code>{key}</code>{state && <span class="muted"> {state}</span>}</span>]];
}

function parentFact(buildset: BuildSet | undefined): Fact[] {
  const id = buildset?.parent_buildid;
  if (!id) return [];
  return [[buildset.parent_relationship || 'Triggered from', <ParentLink buildid={id} />]];
}

/** The build whose step triggered this one. */
function ParentLink({ buildid }: { buildid: number }) {
  const build = useOne<Build>(specs.build(buildid));
  const builder = useOne<Builder>(build.data ? specs.builder(String(build.data.builderid)) : null);
  // Retention may have removed it.
  if (!build.data) return <span class="muted">{build.error ? `build ${buildid}, which is gone` : '…'}</span>;
  const { builderid, number } = build.data;
  return (
    <a class="with-mark" href={href('builders', builderid, 'builds', number)} data-testid="parent-build">
      <StatusMark status={statusOf(build.data)} /> {builder.data?.name ?? `builder ${builderid}`} #{number}
    </a>
  );
}

function WorkerLink({ build }: { build: Build }) {
  if (!build.workerid) return <>–</>;
  const name = property(build.properties, 'workername') || `worker ${build.workerid}`;
  return <a href={href('workers', build.workerid)}>{name}</a>;
}

export default function Page({ params, query }: PageProps) {
  return <BuildPage builder={params.builder ?? ''} number={Number(params.number)} query={query} />;
}
