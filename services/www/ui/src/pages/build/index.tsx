// SPDX-License-Identifier: Apache-2.0
// One build: how it stands, what it was for, its steps and logs, tests, artifacts, properties, changes and messages.
import type { ComponentChildren } from 'preact';
import type { Artifact, Build, BuildRequest, BuildSet, Change, Step, TestResultSet } from '../../api/records';
import { Await } from '../../components/notice';
import { Tabs, Trail, useTitle } from '../../components/panel';
import { useShortcuts } from '../../lib/keys';
import type { PageProps } from '../../lib/pages';
import { statusOf } from '../../lib/results';
import { href, withQuery } from '../../lib/route';
import { navigate } from '../../lib/router';
import * as specs from '../../lib/specs';
import { countTests } from '../../lib/tests';
import { useBuildPage, type BuildPage } from '../../live/buildpage';
import { useCollection, useOne, type Loaded } from '../../live/hooks';
import '../../styles/pages/build.css';
import { t } from '../../text';
import { NotFound } from '../notfound';
import { ArtifactsTab } from './artifacts';
import { BuildFacts } from './facts';
import { BuildHead } from './head';
import { StepsTab } from './steps';
import { ChangesTab, MessagesTab, PropertiesTab } from './tabs';
import { TestsTab } from './tests';

export default function Page({ params, query }: PageProps) {
  const builder = params.builder ?? '';
  const number = Number(params.number);
  const step = query.get('step');
  const page = useBuildPage(builder, number, step === null ? undefined : Number(step));
  if (page.error?.status === 404) return <NotFound what={t.build.none(builder, number)} />;
  return (
    <div class="page">
      <Await of={page} lines={8}>{(found) => <Found key={found.build.buildid} page={found} query={query} reload={page.reload} />}</Await>
    </div>
  );
}

function Found({ page, query, reload }: { page: BuildPage; query: URLSearchParams; reload: () => void }) {
  const { builder, around } = page;
  const live = useOne<Build>(specs.build(page.build.buildid));
  // The page came with all properties, later answers come with those that are shown here.
  const build: Build = { ...page.build, ...live.data, properties: { ...page.build.properties, ...live.data?.properties } };
  useTitle(`${builder.name} #${build.number} ${t.results[statusOf(build)]}`);
  const pinned = () => {
    live.reload();
    reload();
  };
  return (
    <>
      <Trail items={[{ text: t.nav.builders, link: '#/builders' }, { text: builder.name, link: href('builders', builder.builderid) }]} />
      <BuildHead builder={builder} build={build} around={around} onDone={pinned} />
      <BuildBody build={build} query={query} bsid={page.buildset?.bsid} />
    </>
  );
}

interface Parts {
  build: Build;
  query: URLSearchParams;
  changes: Loaded<Change[]>;
  steps: Loaded<Step[]>;
  sets: Loaded<TestResultSet[]>;
  artifacts: Loaded<Artifact[]>;
}

interface Part {
  id: string;
  text: string;
  shown: boolean;
  content: () => ComponentChildren;
}

function partsOf({ build, query, changes, steps, sets, artifacts }: Parts): Part[] {
  const counted = (name: string, of: Loaded<unknown>) => (of.data ? t.build.counted(name, of.total) : name);
  return [
    { id: 'steps', text: t.build.steps, shown: true, content: () => <StepsTab build={build} steps={steps} query={query} /> },
    { id: 'tests', text: testsText(sets.data), shown: Boolean(sets.data?.length), content: () => <TestsTab build={build} sets={sets} query={query} /> },
    { id: 'artifacts', text: counted(t.build.artifacts, artifacts), shown: artifacts.total > 0, content: () => <ArtifactsTab artifacts={artifacts} /> },
    { id: 'properties', text: t.build.properties, shown: true, content: () => <PropertiesTab build={build} query={query} /> },
    { id: 'changes', text: counted(t.build.changes, changes), shown: true, content: () => <ChangesTab changes={changes} /> },
    { id: 'messages', text: t.build.messages, shown: true, content: () => <MessagesTab build={build} /> },
  ];
}

function BuildBody({ build, query, bsid }: { build: Build; query: URLSearchParams; bsid: number | undefined }) {
  const request = useOne<BuildRequest>(specs.request(build.buildrequestid));
  const buildset = useOne<BuildSet>(bsid === undefined ? null : specs.buildset(bsid));
  const changes = useCollection<Change>(specs.changesOfBuild(build.buildid));
  const steps = useCollection<Step>(specs.steps(build.buildid));
  const sets = useCollection<TestResultSet>(specs.testResultSets(build.buildid));
  const artifacts = useCollection<Artifact>(specs.artifacts(build.buildid));
  const tab = query.get('tab') ?? 'steps';
  const parts = partsOf({ build, query, changes, steps, sets, artifacts }).filter(({ id, shown }) => shown || id === tab);
  const link = href('builders', build.builderid, 'builds', build.number);
  const tabs = parts.map(({ id, text }) => ({ id, text, link: id === 'steps' ? link : withQuery(link, { tab: id }) }));
  useShortcuts(tabs.map(({ text, link: to }, i) => ({ keys: String(i + 1), text: t.build.tabKey(text), run: () => navigate(to) })));
  return (
    <>
      <BuildFacts build={build} buildset={buildset.data} request={request.data} changes={changes.data} steps={steps.data ?? []} />
      <Tabs tabs={tabs} current={tab} label={t.build.parts} />
      {(parts.find(({ id }) => id === tab) ?? parts[0]!).content()}
    </>
  );
}

/** Failed tests are what one looks for; without any, how many passed. */
function testsText(sets: readonly TestResultSet[] | undefined): string {
  const { passed, failed } = countTests(sets ?? []);
  if (failed > 0) return t.build.testsFailed(failed);
  return passed > 0 ? t.build.counted(t.build.tests, passed) : t.build.tests;
}
