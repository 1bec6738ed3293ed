// SPDX-License-Identifier: Apache-2.0
// One builder: its builds, tests and configuration; what waits for it, the ways to force a build, its workers.
import type { Builder, ForceScheduler } from '../../api/records';
import { ForceDialog } from '../../components/forceform';
import { Await } from '../../components/notice';
import { Tabs, Trail, useTitle } from '../../components/panel';
import { VirtualTag } from '../../components/status';
import { isOld } from '../../lib/builderfilter';
import { useShortcuts } from '../../lib/keys';
import { cellsOf, isVirtual, ownTags, parentOf } from '../../lib/matrix';
import type { PageProps } from '../../lib/pages';
import { href, withQuery } from '../../lib/route';
import { navigate } from '../../lib/router';
import { askToSignIn, config, isAnonymous } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import '../../styles/pages/builder.css';
import { t } from '../../text';
import { NotFound } from '../notfound';
import { Builds } from './builds';
import { ConfigTab } from './config';
import { Cells, Requests, Workers } from './side';
import { TestsTab } from './tests';

export default function Page({ params, query }: PageProps) {
  const key = params.builder ?? '';
  const builder = useOne<Builder>(specs.builder(key));
  const all = useCollection<Builder>(specs.builders());
  const parent = builder.data && parentOf(builder.data, all.data ?? []);
  useTitle(builder.data?.name ?? t.builder.builder);
  if (builder.error?.status === 404) return <NotFound what={t.builder.none(key)} />;
  return (
    <div class="page">
      <Trail items={[{ text: t.nav.builders, link: '#/builders' }, ...(parent ? [{ text: parent.name, link: href('builders', parent.builderid) }] : [])]} />
      <Await of={builder} lines={8}>{(b) => <Found builder={b} parent={parent} all={all.data ?? []} force={params.scheduler} query={query} />}</Await>
    </div>
  );
}

interface FoundProps {
  builder: Builder;
  /** Of a cell of a matrix. */
  parent: Builder | undefined;
  all: readonly Builder[];
  /** The force scheduler whose form is open. */
  force: string | undefined;
  query: URLSearchParams;
}

function Found({ builder, parent, all, force, query }: FoundProps) {
  const schedulers = useCollection<ForceScheduler>(specs.forceSchedulers(builder.builderid));
  const forced = schedulers.data?.find((s) => s.name === force);
  const link = href('builders', builder.builderid);
  const tab = query.get('tab') ?? 'builds';
  const tabs = [
    { id: 'builds', text: t.builder.builds, link },
    { id: 'tests', text: t.builder.tests, link: withQuery(link, { tab: 'tests' }) },
    { id: 'config', text: t.builder.config, link: withQuery(link, { tab: 'config' }) },
  ];
  useShortcuts(tabs.map(({ text, link: to }, i) => ({ keys: String(i + 1), text: t.build.tabKey(text), run: () => navigate(to) })));
  return (
    <>
      <Head builder={builder} schedulers={schedulers.data ?? []} />
      <Tabs tabs={tabs} current={tab} label={t.builder.parts} />
      {tab === 'tests' && <TestsTab builder={builder} query={query} />}
      {tab === 'config' && <ConfigTab builder={builder} parent={parent} />}
      {tab !== 'tests' && tab !== 'config' && <BuildsTab builder={builder} cells={cellsOf(builder, all)} query={query} />}
      {force && schedulers.data && !forced && <NotFound what={t.builder.noForce(builder.name, force)} />}
      {forced && <ForceDialog builder={builder} scheduler={forced} onClose={() => navigate(link)} />}
    </>
  );
}

function Head({ builder, schedulers }: { builder: Builder; schedulers: readonly ForceScheduler[] }) {
  return (
    <>
      <header class="build-head">
        <h1>{builder.name}</h1>
        {isOld(builder) && <span class="tag">{t.builder.old}</span>}
        {isVirtual(builder) && <VirtualTag />}
        {ownTags(builder.tags).map((tag) => (
          <a key={tag} class="tag" href={`#/builders?tags=${encodeURIComponent(tag)}`}>{tag}</a>
        ))}
        <span class="head-actions">
          {schedulers.filter((s) => s.enabled !== false).map((s) => <ForceButton key={s.name} builder={builder} scheduler={s} />)}
        </span>
      </header>
      <Description builder={builder} />
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
    const mayForce = !isAnonymous(config.peek().user) || (await askToSignIn(t.builder.signIn));
    if (mayForce) navigate(href('builders', builder.builderid, 'force', scheduler.name));
  };
  return (
    <button type="button" class="button primary" onClick={() => void open()} data-testid="force-button">
      {scheduler.button_name || scheduler.name}
    </button>
  );
}

function BuildsTab({ builder, cells, query }: { builder: Builder; cells: readonly Builder[]; query: URLSearchParams }) {
  return (
    <div class="columns">
      <div>
        {cells.length > 0 && <Cells builder={builder} cells={cells} />}
        <Builds builderid={builder.builderid} query={query} />
      </div>
      <div>
        <Requests builderid={builder.builderid} />
        <Workers builderid={builder.builderid} />
      </div>
    </div>
  );
}
