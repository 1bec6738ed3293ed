// SPDX-License-Identifier: Apache-2.0
// Starts the UI.
import { render } from 'preact';
import { App } from './app';
import { startRouter } from './lib/router';
import { loadConfig } from './lib/session';
import { refreshCount, startRefreshing } from './live/refresh';
import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/pages.css';

startRouter();
startRefreshing();

// Without its configuration the UI works under its own name, and anonymously; it is asked for again with all else.
const configure = () => loadConfig().catch(() => undefined);
void configure();
refreshCount.watch(() => void configure());

const root = document.getElementById('app');
if (root) render(<App />, root);
