// SPDX-License-Identifier: Apache-2.0
// The configuration: its versions, the text of each, how two of them differ, and an old one again.
import type { ConfigVersion } from '../../api/records';
import { limitOf, More } from '../../components/more';
import { Await, EmptyState } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { SignedIn } from '../../components/signedin';
import { Ago } from '../../components/time';
import type { PageProps } from '../../lib/pages';
import { configVersions } from '../../lib/plantspecs';
import { href } from '../../lib/route';
import { useListKeys } from '../../lib/listkeys';
import { navigate } from '../../lib/router';
import { useCollection } from '../../live/hooks';
import '../../styles/pages/config.css';
import { t } from '../../text';
import { Version } from './version';

/** Each comes with its whole text. */
const PAGE = 20;

export default function ConfigPage({ params, query }: PageProps) {
  useTitle(t.nav.config);
  return (
    <div class="page">
      <header class="page-head"><h1>{t.nav.config}</h1></header>
      <SignedIn why={t.config.why}><Versions chosen={Number(params.version) || undefined} query={query} /></SignedIn>
    </div>
  );
}

function Versions({ chosen, query }: { chosen: number | undefined; query: URLSearchParams }) {
  const limit = limitOf(query, PAGE);
  const versions = useCollection<ConfigVersion>(configVersions(limit));
  if (versions.error?.denied) return <EmptyState title={t.config.denied} />;
  return (
    <Await of={versions} lines={8}>
      {(list) => {
        const newest = list[0];
        if (!newest) return <None />;
        const shown = chosen ?? newest.version;
        return (
          <div class="config">
            <div>
              <List versions={list} shown={shown} />
              <More link={href('config', shown)} query={query} step={PAGE} shown={list.length} />
            </div>
            <Version key={shown} version={shown} versions={list} inForce={newest.version} query={query} reload={versions.reload} />
          </div>
        );
      }}
    </Await>
  );
}

function List({ versions, shown }: { versions: readonly ConfigVersion[]; shown: number }) {
  const open = (index: number) => navigate(href('config', versions[index]!.version), true);
  useListKeys({ count: versions.length, current: versions.findIndex((v) => v.version === shown), onMove: open });
  return (
    <nav class="config-list" aria-label={t.config.versions}>
      {versions.map((version, i) => (
        <a
          key={version.version} class="config-version" href={href('config', version.version)}
          aria-current={version.version === shown ? 'page' : undefined} data-testid="config-version"
        >
          <span class="config-name">
            <strong>{t.config.version(version.version)}</strong>
            {i === 0 && <span class="badge st-success">{t.config.inForce}</span>}
          </span>
          <span class="muted">{version.applied_by} · <Ago at={version.applied_at} /></span>
          <span class="config-comment">{version.comment || t.config.noComment}</span>
        </a>
      ))}
    </nav>
  );
}

function None() {
  return (
    <EmptyState title={t.config.none}>
      <p>{t.config.howToApply}</p>
      <code>slipway apply slipway.yaml</code>
    </EmptyState>
  );
}
