// SPDX-License-Identifier: Apache-2.0
// Search: builders, builds, changes, branches and tests by words, revision, branch or author; hits by kind.
import { useEffect, useRef } from 'preact/hooks';
import type { SearchGroup } from '../../api/records';
import { Await, EmptyState } from '../../components/notice';
import { Panel, useTitle } from '../../components/panel';
import { Ago } from '../../components/time';
import { useShortcuts } from '../../lib/keys';
import { hitLink } from '../../lib/palette';
import type { PageProps } from '../../lib/pages';
import { withQuery } from '../../lib/route';
import { navigate } from '../../lib/router';
import type { Spec } from '../../live/collection';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';
import '../../styles/pages/search.css';

const FIELDS = ['q', 'revision', 'branch', 'author'] as const;
type Wanted = Record<(typeof FIELDS)[number], string>;

/** The API gives at most 50 hits of a kind. */
const FEW = 10;
const MANY = 50;

function hits(wanted: Wanted, limit: number): Spec<SearchGroup> | null {
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ''));
  return Object.keys(given).length > 0 ? { path: 'search', plural: 'search', id: 'type', query: { ...given, limit } } : null;
}

export default function SearchPage({ query }: PageProps) {
  const wanted = Object.fromEntries(FIELDS.map((name) => [name, query.get(name)?.trim() ?? ''])) as Wanted;
  const limit = query.get('all') === null ? FEW : MANY;
  useTitle([wanted.q, t.nav.search].filter(Boolean).join(' · '));
  const spec = hits(wanted, limit);
  const groups = useCollection<SearchGroup>(spec);
  return (
    <div class="page">
      <header class="page-head"><h1>{t.nav.search}</h1></header>
      <Form wanted={wanted} />
      {spec ? <Await of={groups} lines={8}>{(list) => <Groups groups={list} limit={limit} wanted={wanted} />}</Await> : <Hints />}
    </div>
  );
}

function Form({ wanted }: { wanted: Wanted }) {
  const first = useRef<HTMLInputElement>(null);
  useShortcuts([{ keys: '/', text: t.search.focus, run: () => first.current?.select() }]);
  useEffect(() => {
    if (wanted.q === '') first.current?.focus();
  }, []);
  const set = (name: string, value: string) => navigate(withQuery('#/search', compact({ ...wanted, [name]: value.trim() })), true);
  return (
    <form class="panel search-fields" role="search" onSubmit={(event) => event.preventDefault()}>
      {FIELDS.map((name) => (
        <label key={name} class={name === 'q' ? 'field search-words' : 'field'}>
          <span class="field-label">{t.search.fields[name]}</span>
          <input
            ref={name === 'q' ? first : undefined} type="search" value={wanted[name]} spellcheck={false} placeholder={t.search.examples[name]}
            data-testid={`search-${name}`} onChange={(event) => set(name, event.currentTarget.value)}
          />
        </label>
      ))}
    </form>
  );
}

function compact(values: Record<string, string>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value || undefined]));
}

/** What can be looked for, before anything is. */
function Hints() {
  return (
    <EmptyState title={t.search.whatFor}>
      <ul class="search-hints">
        {t.search.hints.map(([words, finds]) => (
          <li key={words}><a href={withQuery('#/search', { q: words })}><code>{words}</code></a> {finds}</li>
        ))}
      </ul>
    </EmptyState>
  );
}

function Groups({ groups, limit, wanted }: { groups: readonly SearchGroup[]; limit: number; wanted: Wanted }) {
  if (groups.length === 0) return <EmptyState title={t.search.none}><p>{t.search.noneHint}</p></EmptyState>;
  const isCut = limit === FEW && groups.some((group) => group.results.length >= FEW);
  return (
    <>
      <p class="sr-only" role="status">{t.search.found(groups.reduce((sum, group) => sum + group.results.length, 0))}</p>
      {groups.map((group) => <Group key={group.type} group={group} limit={limit} />)}
      {isCut && <p class="more"><a class="button" href={withQuery('#/search', { ...compact(wanted), all: 1 })}>{t.common.showMore}</a></p>}
    </>
  );
}

function Group({ group, limit }: { group: SearchGroup; limit: number }) {
  const titles: Record<string, string> = t.palette.types;
  const count = group.results.length;
  return (
    <Panel title={titles[group.type ?? ''] ?? group.type ?? ''} aside={count >= limit ? t.search.atLeast(count) : count} testid="search-group">
      <ul class="rows bordered">
        {group.results.map((hit) => (
          <li key={hit.path} class="row hit" data-testid="search-hit">
            <a class="strong hit-title" href={hitLink(hit.path ?? '')}>{hit.title}</a>
            <span class="hit-text">{hit.text}</span>
            {hit.at !== null && <span class="row-end"><Ago at={hit.at} /></span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
