// SPDX-License-Identifier: Apache-2.0
// Chooses the page for the address.
import { useEffect, useRef } from 'preact/hooks';
import { Layout } from './components/layout';
import { Guard } from './components/notice';
import { matchRoute, type Location, type Match } from './lib/route';
import { location } from './lib/router';
import { useStore } from './lib/store';
import { AccountPage } from './pages/account';
import { AuditPage } from './pages/audit';
import { BuildPage } from './pages/build';
import { BuilderPage } from './pages/builder';
import { BuildersPage } from './pages/builders';
import { DeliveriesPage, DeliveryPage } from './pages/deliveries';
import { HomePage } from './pages/home';
import { LogPage } from './pages/log';
import { MessagePage, MessagesPage } from './pages/messages';
import { NotFound } from './pages/notfound';
import { RequestPage } from './pages/request';
import { WorkerPage } from './pages/worker';
import { WorkersPage } from './pages/workers';

function pageFor({ page, params }: Match, { query }: Location) {
  const builder = params.builder ?? '';
  const number = Number(params.number);
  switch (page) {
    case 'home': return <HomePage />;
    case 'builders': return <BuildersPage query={query} />;
    case 'builder': return <BuilderPage builder={builder} />;
    case 'force': return <BuilderPage builder={builder} force={params.scheduler} />;
    case 'build': return <BuildPage builder={builder} number={number} query={query} />;
    case 'log': return <LogPage builder={builder} number={number} step={Number(params.step)} slug={params.slug ?? ''} query={query} />;
    case 'request': return <RequestPage id={Number(params.request)} />;
    case 'workers': return <WorkersPage />;
    case 'worker': return <WorkerPage worker={params.worker ?? ''} />;
    case 'messages': return <MessagesPage />;
    case 'message': return <MessagePage id={Number(params.message)} />;
    case 'deliveries': return <DeliveriesPage query={query} />;
    case 'delivery': return <DeliveryPage id={Number(params.delivery)} />;
    case 'audit': return <AuditPage query={query} />;
    case 'account': return <AccountPage />;
    case 'notfound': return <NotFound />;
  }
}

/** The force dialog lies over its builder's page, which must not be drawn anew for it. */
function identity({ page, params }: Match): string {
  return page === 'force' ? `builder ${params.builder}` : [page, ...Object.values(params)].join(' ');
}

export function App() {
  const where = useStore(location);
  const match = matchRoute(where.path);
  const id = identity(match);
  const before = useRef(id);
  useEffect(() => {
    if (before.current === id) return;
    before.current = id;
    // As when a page is loaded: at its top, and the next Tab goes to what it says.
    scrollTo(0, 0);
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [id]);
  return (
    <Layout page={match.page}>
      <Guard key={id}>{pageFor(match, where)}</Guard>
    </Layout>
  );
}
