// SPDX-License-Identifier: Apache-2.0
// One change: what it says, what the schedulers made of it and why, what was built, and how it came.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { getJson } from '../../api/client';
import type { Build, Builder, Change, ChangeWhy, Delivery } from '../../api/records';
import { BuildTable } from '../../components/buildtable';
import { Revision } from '../../components/changelist';
import { DeliveryTable } from '../../components/deliverytable';
import { Await, Empty } from '../../components/notice';
import { Facts, Panel, Trail, useTitle } from '../../components/panel';
import { StatusMark } from '../../components/status';
import { Ago } from '../../components/time';
import { firstLine, sentence } from '../../lib/format';
import type { PageProps } from '../../lib/pages';
import * as plant from '../../lib/plantspecs';
import { withQuery } from '../../lib/route';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import { onRefresh } from '../../live/refresh';
import '../../styles/pages/sources.css';
import { t } from '../../text';
import { NotFound } from '../notfound';

export default function ChangePage({ params }: PageProps) {
  const id = Number(params.change);
  const change = useOne<Change>(plant.change(id));
  useTitle(change.data ? firstLine(change.data.comments) : t.sources.change(id));
  if (change.error?.status === 404) return <NotFound what={t.sources.noSuchChange(id)} />;
  return (
    <div class="page">
      <Trail items={[{ text: t.nav.changes, link: '#/changes' }]} />
      <Await of={change} lines={6}>{(found) => <Found change={found} />}</Await>
    </div>
  );
}

function Found({ change }: { change: Change }) {
  const builds = useCollection<Build>(plant.buildsOfChange(change.changeid));
  const builders = useCollection<Builder>(specs.builders());
  const rest = change.comments.trim().slice(firstLine(change.comments).length).trim();
  return (
    <>
      <header class="page-head"><h1>{firstLine(change.comments) || t.sources.change(change.changeid)}</h1></header>
      <Facts rows={facts(change)} />
      {rest && <p class="change-rest">{rest}</p>}
      <Why id={change.changeid} builds={builds.data?.length ?? 0} />
      <Panel title={t.sources.builds} testid="change-builds">
        <Await of={builds}>
          {(list) => (list.length ? <BuildTable builds={list} builders={builders.data ?? []} /> : <Empty>{t.sources.noBuilds}</Empty>)}
        </Await>
      </Panel>
      <Panel title={t.sources.files} aside={change.files.length > 0 && t.sources.nFiles(change.files.length)}>
        {change.files.length === 0 ? <Empty>{t.sources.noFiles}</Empty> : <Files files={change.files} />}
      </Panel>
      <Properties change={change} />
      <Deliveries id={change.changeid} />
    </>
  );
}

function facts(change: Change): [string, ComponentChildren][] {
  const only = (name: string, value: string) => <a href={withQuery('#/changes', { [name]: value })}>{value}</a>;
  const rows: [string, ComponentChildren][] = [
    [t.sources.author, only('author', change.author)],
    [t.sources.when, <Ago at={change.when_timestamp} />],
  ];
  if (change.committer && change.committer !== change.author) rows.push([t.sources.committer, change.committer]);
  if (change.branch) rows.push([t.sources.branch, only('branch', change.branch)]);
  if (change.revision) rows.push([t.sources.revision, <Revision change={change} />]);
  if (change.repository) rows.push([t.sources.repository, only('repository', change.repository)]);
  if (change.project) rows.push([t.sources.project, only('project', change.project)]);
  if (change.codebase) rows.push([t.sources.codebase, change.codebase]);
  if (change.category) rows.push([t.sources.category, change.category]);
  return rows;
}

const MOST_FILES = 500;

function Files({ files }: { files: readonly string[] }) {
  return (
    <ul class="file-list">
      {files.slice(0, MOST_FILES).map((file) => <li key={file}><code>{file}</code></li>)}
      {files.length > MOST_FILES && <li class="muted">{t.plant.andMore(files.length - MOST_FILES)}</li>}
    </ul>
  );
}

function Properties({ change }: { change: Change }) {
  const rows = Object.entries(change.properties ?? {});
  if (rows.length === 0) return null;
  return (
    <Panel title={t.sources.properties}>
      <div class="table-wrap">
        <table class="table">
          <tbody>
            {rows.map(([name, [value]]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="grow"><code class="value">{typeof value === 'string' ? value : JSON.stringify(value)}</code></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** `builds`: with each new one the answer is another. */
function Why({ id, builds }: { id: number; builds: number }) {
  const [why, setWhy] = useState<ChangeWhy>();
  useEffect(() => {
    let open = true;
    const ask = () => void getJson<ChangeWhy>(`api/v2/changes/${id}/why`).then((answer) => open && setWhy(answer), () => undefined);
    ask();
    const unwatch = onRefresh(ask);
    return () => {
      open = false;
      unwatch();
    };
  }, [id, builds]);
  if (!why) return null;
  return (
    <Panel title={t.sources.why} testid="change-why">
      {why.summary && <p class="why-summary">{sentence(why.summary)}</p>}
      <ul class="rows">
        {why.schedulers.map((row) => (
          <li key={row.schedulerid} class="row">
            <StatusMark status={row.buildsets.length > 0 ? 'success' : row.until ? 'pending' : 'skipped'} />
            <span class="row-main">
              <a class="strong" href={withQuery('#/schedulers', { q: row.scheduler ?? undefined })}>{row.scheduler}</a>
              <span>{row.text && sentence(row.text)}</span>
            </span>
            <span class="row-end">
              {row.until ? <>{t.sources.until} <Ago at={row.until} /></> : row.buildsets.length > 0 && t.sources.buildsets(row.buildsets.length)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Deliveries({ id }: { id: number }) {
  const deliveries = useCollection<Delivery>(plant.deliveriesOfChange(id));
  return (
    <Panel title={t.sources.deliveriesOf} testid="change-deliveries">
      <Await of={deliveries}>{(list) => (list.length ? <DeliveryTable rows={list} /> : <Empty>{t.sources.noDeliveries}</Empty>)}</Await>
    </Panel>
  );
}
