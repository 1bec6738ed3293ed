// SPDX-License-Identifier: Apache-2.0
// One project: its builders with their last builds, its newest changes, its newest builds.
import type { Build, Builder, Change, Project } from '../../api/records';
import { BuildTable } from '../../components/buildtable';
import { ChangeList } from '../../components/changelist';
import { Await, Empty } from '../../components/notice';
import { Panel, Trail, useTitle } from '../../components/panel';
import type { PageProps } from '../../lib/pages';
import * as plant from '../../lib/plantspecs';
import { withQuery } from '../../lib/route';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import '../../styles/pages/overview.css';
import '../../styles/pages/sources.css';
import { t } from '../../text';
import { BuilderList } from '../builders/list';
import { NotFound } from '../notfound';

const CHANGES = 10;
const BUILDS = 20;
/** The builds of more builders are not asked for at once. */
const ASKED = 50;

export default function ProjectPage({ params }: PageProps) {
  const key = params.project ?? '';
  const project = useOne<Project>(plant.project(key));
  useTitle(project.data?.name ?? t.sources.project);
  if (project.error?.status === 404) return <NotFound what={t.sources.noSuchProject(key)} />;
  return (
    <div class="page">
      <Trail items={[{ text: t.nav.projects, link: '#/projects' }]} />
      <Await of={project} lines={6}>{(found) => <Found project={found} />}</Await>
    </div>
  );
}

function Found({ project }: { project: Project }) {
  const all = useCollection<Builder>(plant.buildersOfProject(project.projectid));
  const builders = all.data?.filter((b) => b.masterids.length > 0);
  return (
    <>
      <header class="page-head"><h1>{project.name}</h1></header>
      <Description project={project} />
      <h2 class="section-title">{t.sources.builders}</h2>
      <Await of={{ ...all, data: builders }} lines={4}>
        {(list) => (list.length ? <BuilderList builders={list} /> : <Empty>{t.sources.noBuilders}</Empty>)}
      </Await>
      <Changes project={project} />
      {builders && builders.length > 0 && <Builds builders={builders} />}
    </>
  );
}

/** The server has made the HTML, and lets nothing through that runs. */
function Description({ project }: { project: Project }) {
  if (project.description_html) return <div class="description" dangerouslySetInnerHTML={{ __html: project.description_html }} />;
  return project.description ? <p class="description">{project.description}</p> : null;
}

function Changes({ project }: { project: Project }) {
  const filter = { ...plant.NO_FILTER, project: project.name };
  const changes = useCollection<Change>(plant.changes(CHANGES, filter));
  const all = <a href={withQuery('#/changes', { project: project.name })}>{t.sources.allChanges}</a>;
  return (
    <Panel title={t.sources.recentChanges} aside={all} testid="project-changes">
      <Await of={changes}>{(list) => (list.length ? <ChangeList changes={list} /> : <Empty>{t.sources.none}</Empty>)}</Await>
    </Panel>
  );
}

function Builds({ builders }: { builders: readonly Builder[] }) {
  const builds = useCollection<Build>(specs.buildsOfBuilders(builders.slice(0, ASKED).map((b) => b.builderid), BUILDS));
  return (
    <Panel title={t.sources.recentBuilds} testid="project-builds">
      <Await of={builds}>{(list) => (list.length ? <BuildTable builds={list} builders={builders} /> : <Empty>{t.sources.notBuilt}</Empty>)}</Await>
    </Panel>
  );
}
