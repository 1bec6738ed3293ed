// SPDX-License-Identifier: Apache-2.0
// Starts the UI.
import { render } from 'preact';
import { App } from './app';
import { startKeys } from './lib/keys';
import { watchWidth } from './lib/narrow';
import { loadOverlays } from './lib/overlay';
import { loadPage, loadPagesWhenIdle } from './lib/pages';
import { matchRoute } from './lib/route';
import { startNotifying } from './lib/notify';
import { location, startRouter } from './lib/router';
import { loadConfig, signIns, watchRefusals } from './lib/session';
import { startSettings } from './lib/settings';
import { startTitle } from './lib/title';
import { onRefresh, refreshAll, startRefreshing } from './live/refresh';
import { store } from './live/hooks';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/components.css';
import './styles/pages.css';

/** The page itself comes first: what may be wanted next is fetched so many milliseconds later. */
const LATER = 500;

startRouter();
const page = loadPage(matchRoute(location.peek().path).page);
startRefreshing();
watchRefusals();
startKeys();
watchWidth();

// Without its configuration the UI works under its own name, and anonymously; it is asked for again with all else.
const configure = () => loadConfig().catch(() => undefined);
void configure();
onRefresh(() => void configure());

// Whoever has signed in or out may see other things than the one before.
signIns.subscribe(() => {
  store.clear();
  refreshAll();
});

void startSettings().then(() => {
  const root = document.getElementById('app');
  if (root) render(<App />, root);
  startTitle();
  startNotifying();
  void page.then(() => setTimeout(loadMore, LATER));
});

function loadMore(): void {
  loadOverlays();
  loadPagesWhenIdle();
}
