// SPDX-License-Identifier: Apache-2.0
// Starts the UI.
import { render } from 'preact';
import { App } from './app';
import { startKeys } from './lib/keys';
import { watchWidth } from './lib/narrow';
import { loadPagesWhenIdle } from './lib/pages';
import { startRouter } from './lib/router';
import { loadConfig } from './lib/session';
import { startSettings } from './lib/settings';
import { onRefresh, startRefreshing } from './live/refresh';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/components.css';
import './styles/pages.css';

startRouter();
startRefreshing();
startKeys();
watchWidth();

// Without its configuration the UI works under its own name, and anonymously; it is asked for again with all else.
const configure = () => loadConfig().catch(() => undefined);
void configure();
onRefresh(() => void configure());

void startSettings().then(() => {
  const root = document.getElementById('app');
  if (root) render(<App />, root);
  loadPagesWhenIdle();
});
