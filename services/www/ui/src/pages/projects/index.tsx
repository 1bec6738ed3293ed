// SPDX-License-Identifier: Apache-2.0
// The projects, each with how many builders it has.
import type { Builder, Project } from '../../api/records';
import { Await, EmptyState } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { groupBy } from '../../lib/merge';
import type { PageProps } from '../../lib/pages';
import { href } from '../../lib/route';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import '../../styles/pages/sources.css';
import { t } from '../../text';

export default function ProjectsPage(_: PageProps) {
  useTitle(t.nav.projects);
  const projects = useCollection<Project>(specs.projects());
  const builders = useCollection<Builder>(specs.builders());
  const current = groupBy(builders.data?.filter((b) => b.masterids.length > 0) ?? [], (b) => b.projectid);
  // Those that have builders come first.
  const sorted = (list: readonly Project[]) => [...list].sort((a, b) => Number(b.active) - Number(a.active));
  return (
    <div class="page">
      <header class="page-head"><h1>{t.nav.projects}</h1></header>
      <Await of={projects} lines={6}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState title={t.sources.noProjects}><p>{t.sources.howToProject}</p></EmptyState>
          ) : (
            <ul class="cards">
              {sorted(list).map((project) => <Card key={project.projectid} project={project} builders={current.get(project.projectid)?.length} />)}
            </ul>
          )
        }
      </Await>
    </div>
  );
}

function Card({ project, builders }: { project: Project; builders: number | undefined }) {
  return (
    <li class={project.active ? 'card' : 'card card-old'} data-row data-testid="project-row">
      <a class="strong" href={href('projects', project.projectid)}>{project.name}</a>
      {project.description && <p class="card-text">{project.description}</p>}
      <span class="muted">{project.active ? builders !== undefined && t.sources.nBuilders(builders) : t.sources.old}</span>
    </li>
  );
}
