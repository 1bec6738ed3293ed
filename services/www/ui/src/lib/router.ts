// SPDX-License-Identifier: Apache-2.0
// The address in the browser's bar, watched.
import { signal } from '@preact/signals';
import { parseHash, type Location } from './route';

export const location = signal<Location>({ path: '/', query: new URLSearchParams() });

export function startRouter(): void {
  const read = () => location.value = parseHash(window.location.hash);
  addEventListener('hashchange', read);
  read();
}

export function navigate(link: string, replace = false): void {
  if (replace) window.location.replace(link);
  else window.location.hash = link.replace(/^#/, '');
}
