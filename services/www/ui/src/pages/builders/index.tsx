// SPDX-License-Identifier: Apache-2.0
// Every builder with its last builds; a search field and tags narrow the list.
import { useState } from 'preact/hooks';
import type { Build, Builder, Worker } from '../../api/records';
import { Await, Empty } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { BuildBubble, VirtualTag } from '../../components/status';
import { Ago } from '../../components/time';
import { plural } from '../../lib/format';
import { isVirtual, ownTags } from '../../lib/matrix';
import { groupBy } from '../../lib/merge';
import { href } from '../../lib/route';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import type { PageProps } from '../../lib/pages';

const RECENT = 500;
const BUBBLES = 6;

/** Builders that no configuration has any more are old; virtual ones belong to triggered steps. */
export function isOld(builder: Builder): boolean {
  return builder.masterids.length === 0;
}

interface Filter {
  text: string;
  tags: readonly string[];
  old: boolean;
}

export function filterBuilders(builders: readonly Builder[], filter: Filter): Builder[] {
  const text = filter.text.trim().toLowerCase();
  return builders
    .filter((b) => filter.old || !isOld(b))
    .filter((b) => b.name.toLowerCase().includes(text) || (b.description ?? '').toLowerCase().includes(text))
    .filter((b) => filter.tags.every((tag) => b.tags.includes(tag)))
    .sort((a, b) => a.name.localeCompare(b.name));
}

export default function BuildersPage({ query }: PageProps) {
  useTitle('Builders');
  const builders = useCollection<Builder>(specs.builders());
  const builds = useCollection<Build>(specs.recentBuilds(RECENT));
  const workers = useCollection<Worker>(specs.workers());
  const [text, setText] = useState('');
  const [old, setOld] = useState(false);
  const tags = query.getAll('tags').flatMap((value) => value.split(',')).filter(Boolean);
  return (
    <div class="page">
      <header class="page-head">
        <h1>Builders</h1>
        <input type="search" class="search" placeholder="Find a builder" aria-label="Find a builder" value={text} onInput={(e) => setText(e.currentTarget.value)} />
        {builders.data?.some(isOld) && (
          <label class="check">
            <input type="checkbox" checked={old} onChange={(e) => setOld(e.currentTarget.checked)} /> Show old builders
          </label>
        )}
      </header>
      <Await of={builders} lines={8}>
        {(list) => (
          <>
            <TagBar builders={list} tags={tags} />
            <BuilderTable
              builders={filterBuilders(list, { text, tags, old })}
              builds={groupBy(builds.data ?? [], (b) => b.builderid)}
              workers={workers.data ?? []}
              none={list.length === 0 ? 'No builders are configured yet. Describe one in slipway.yaml, then run: slipway apply slipway.yaml' : 'No builder matches.'}
            />
          </>
        )}
      </Await>
    </div>
  );
}

/** Each tag is a link that turns itself on or off, so that a choice of tags has an address. */
function TagBar({ builders, tags }: { builders: readonly Builder[]; tags: readonly string[] }) {
  const all = [...new Set([...builders.flatMap((b) => ownTags(b.tags)), ...tags])].sort();
  if (all.length === 0) return null;
  const toggled = (tag: string) => {
    const next = tags.includes(tag) ? tags.filter((t) => t !== tag) : [...tags, tag];
    return '#/builders' + (next.length ? `?${next.map((t) => `tags=${encodeURIComponent(t)}`).join('&')}` : '');
  };
  return (
    <nav class="tag-bar" aria-label="Filter by tag">
      {all.map((tag) => (
        <a key={tag} class="tag" href={toggled(tag)} aria-current={tags.includes(tag) ? 'true' : undefined}>
          {tag}
        </a>
      ))}
      {tags.length > 0 && <a href="#/builders">Clear</a>}
    </nav>
  );
}

interface TableProps {
  builders: readonly Builder[];
  builds: ReadonlyMap<number, Build[]>;
  workers: readonly Worker[];
  none: string;
}

function BuilderTable({ builders, builds, workers, none }: TableProps) {
  if (builders.length === 0) return <Empty>{none}</Empty>;
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th>Builder</th>
            <th class="grow">Last builds</th>
            <th class="num">Last run</th>
            <th class="wide-only">Workers</th>
          </tr>
        </thead>
        <tbody>
          {builders.map((builder) => (
            <BuilderRow key={builder.builderid} builder={builder} builds={builds.get(builder.builderid) ?? []} workers={workers} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function BuilderRow({ builder, builds, workers }: { builder: Builder; builds: readonly Build[]; workers: readonly Worker[] }) {
  const own = workers.filter((w) => w.configured_on.some((c) => c.builderid === builder.builderid));
  const online = own.filter((w) => w.connected_to.length > 0).length;
  return (
    <tr data-testid="builder-row">
      <td>
        <a class="strong" href={href('builders', builder.builderid)}>{builder.name}</a>
        {isOld(builder) && <span class="muted"> (old)</span>}
        <span class="row-tags">
          {isVirtual(builder) && <VirtualTag />}
          {ownTags(builder.tags).map((tag) => (
            <span key={tag} class="tag small">{tag}</span>
          ))}
        </span>
      </td>
      <td class="grow">
        <span class="bubbles">
          {builds.slice(0, BUBBLES).map((build) => (
            <BuildBubble key={build.buildid} build={build} />
          ))}
          {builds.length === 0 && <span class="muted">no recent builds</span>}
        </span>
      </td>
      <td class="num"><Ago at={builds[0]?.started_at} /></td>
      <td class="wide-only">
        {own.length === 0 ? <span class="muted">–</span> : `${online} of ${plural(own.length, 'worker')} online`}
      </td>
    </tr>
  );
}
