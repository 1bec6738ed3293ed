// SPDX-License-Identifier: Apache-2.0
// The installation: which processes run and in which version, how database and bus are, what was made so far.
import { useEffect, useState } from 'preact/hooks';
import { getJson, pageUrl, type ApiError } from '../../api/client';
import type { About } from '../../api/records';
import { ErrorNote, Loading } from '../../components/notice';
import { Facts, Panel, useTitle } from '../../components/panel';
import { StatusBadge } from '../../components/status';
import { Ago } from '../../components/time';
import { formatNumber, formatSize } from '../../lib/format';
import type { PageProps } from '../../lib/pages';
import { config } from '../../lib/session';
import { onRefresh } from '../../live/refresh';
import '../../styles/pages/config.css';
import { t } from '../../text';

/** Nothing tells of it; the processes themselves say every ten seconds that they are there. */
const EVERY = 10_000;

function useAbout(): { about: About | undefined; error: ApiError | undefined; ask: () => void } {
  const [state, setState] = useState<{ about?: About; error?: ApiError }>({});
  const { username } = config.value.user;
  const ask = () => {
    if (document.hidden) return;
    void getJson<About>('api/v2/about').then(
      (about) => setState({ about }),
      (error: ApiError) => setState((before) => ({ ...before, error })),
    );
  };
  useEffect(() => {
    ask();
    const timer = setInterval(ask, EVERY);
    const unwatch = onRefresh(ask);
    return () => {
      clearInterval(timer);
      unwatch();
    };
    // Who signs in is told more.
  }, [username]);
  return { about: state.about, error: state.error, ask };
}

export default function AboutPage(_: PageProps) {
  useTitle(t.nav.about);
  const { about, error, ask } = useAbout();
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t.nav.about}</h1>
        {about && <span class="muted" data-testid="own-version">Slipway {about.version}</span>}
      </header>
      {error && <ErrorNote error={error} retry={ask} />}
      {about ? <Found about={about} /> : !error && <Loading lines={8} />}
      <Panel title={t.about.more_links}><Links /></Panel>
    </div>
  );
}

function Found({ about }: { about: About }) {
  return (
    <>
      <Panel title={t.about.replicas} aside={`${t.about.configuration}: ${about.config_version}`}>
        <Replicas about={about} />
      </Panel>
      <Panel title={t.about.bus}>
        <div class="panel-body"><Facts rows={busFacts(about)} /></div>
      </Panel>
      {about.store ? <Store store={about.store} /> : <p class="muted">{t.about.more}</p>}
    </>
  );
}

function Replicas({ about }: { about: About }) {
  const places = about.replicas.some((row) => row.host);
  return (
    <>
      <div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th>{t.about.service}</th>
              <th>{t.about.version}</th>
              <th>{t.plant.state}</th>
              {places && <th class="grow wide-only">{t.about.instance}</th>}
              <th class="num wide-only">{t.about.started}</th>
              <th class="num">{t.about.heard}</th>
            </tr>
          </thead>
          <tbody>
            {about.replicas.map((row) => (
              <tr key={`${row.service} ${row.host ?? ''} ${row.pid} ${row.started_at}`} data-testid="replica-row" data-state={row.alive ? 'alive' : 'silent'}>
                <td class="strong">{row.service}{row.own && <span class="tag small own-tag">{t.about.thisOne}</span>}</td>
                <td>{row.version}</td>
                <td><StatusBadge status={row.alive ? 'success' : 'warnings'} text={row.alive ? t.about.alive : t.about.silent} /></td>
                {places && <td class="grow wide-only muted">{row.host}:{row.pid}</td>}
                <td class="num wide-only"><Ago at={row.started_at} /></td>
                <td class="num"><Ago at={row.heard_at} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {!about.bus_connected && <p class="empty">{t.about.noBus}</p>}
    </>
  );
}

function busFacts(about: About): [string, preact.ComponentChildren][] {
  const state = about.bus_connected ? t.about.connected : t.about.notConnected;
  const rows: [string, preact.ComponentChildren][] = [
    [t.about.nats, <StatusBadge status={about.bus_connected ? 'success' : 'warnings'} text={state} testid="bus-state" />],
  ];
  if (about.store && about.bus_connected) {
    rows.push([t.about.history, about.history_events === null ? t.about.noHistory : t.about.events(about.history_events)]);
  }
  return rows;
}

const COUNTS = ['builds', 'buildrequests', 'changes', 'builders', 'workers'] as const;

function Store({ store }: { store: NonNullable<About['store']> }) {
  return (
    <>
      <Panel title={t.about.database} testid="about-database">
        <div class="panel-body">
          <Facts
            rows={[
              [t.about.server, store.server_version],
              [t.about.size, formatSize(store.size_bytes)],
              [t.about.migrations, String(store.migration)],
              [t.about.connections, `${store.connections} / ${store.connections_most}`],
              [t.about.lag, store.lag_s === null ? t.about.noStandby : `${store.lag_s} ${t.units.seconds}`],
            ]}
          />
        </div>
      </Panel>
      <Panel title={t.about.counts}>
        <div class="panel-body"><Facts rows={COUNTS.map((name) => [t.about.countNames[name], formatNumber(store[name])])} /></div>
      </Panel>
    </>
  );
}

function Links() {
  return (
    <div class="panel-body about-links">
      <a href={pageUrl('api/v2')}>{t.about.api}</a>
      <a href={pageUrl('api/v2/openapi.json')}>{t.about.openapi}</a>
      <a href={pageUrl('api/v2/application.spec')}>{t.about.spec}</a>
      <span class="muted">{t.about.licence}</span>
    </div>
  );
}
