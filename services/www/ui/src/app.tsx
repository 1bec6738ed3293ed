// SPDX-License-Identifier: Apache-2.0
// Chooses the page for the address.
import { useEffect, useRef } from 'preact/hooks';
import { Layout } from './components/layout';
import { ErrorNote, Guard, Loading } from './components/notice';
import { loadPage, pageNamed } from './lib/pages';
import { matchRoute, type Location, type Match } from './lib/route';
import { location } from './lib/router';
import { language, t } from './text';

/** The force dialog lies over its builder's page, which must not be drawn anew for it. */
function identity({ page, params }: Match): string {
  return page === 'force' ? `builder ${params.builder}` : [page, ...Object.values(params)].join(' ');
}

export function App() {
  const where = location.value;
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
    <Layout key={language.value} page={match.page}>
      <Guard key={id}>
        <PageOf match={match} where={where} />
      </Guard>
    </Layout>
  );
}

function PageOf({ match, where }: { match: Match; where: Location }) {
  const Page = pageNamed(match.page);
  useEffect(() => void loadPage(match.page), [match.page]);
  if (Page === undefined) return <div class="page"><Loading lines={8} /></div>;
  if (Page instanceof Error) return <NotFetched error={Page} />;
  return <Page params={match.params} query={where.query} />;
}

/** After an upgrade of the server the pieces have other names; loading the page again finds them. */
function NotFetched({ error }: { error: Error }) {
  return (
    <div class="page">
      <h1>{t.shell.notFetched}</h1>
      <ErrorNote error={error} />
      <p><button type="button" class="button" onClick={() => window.location.reload()}>{t.shell.reload}</button></p>
    </div>
  );
}
