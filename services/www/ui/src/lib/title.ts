// SPDX-License-Identifier: Apache-2.0
// The browser's tab: its title and icon, with the state of the builders that are watched.
import { effect, signal } from '@preact/signals';
import { config } from './session';

export const pageTitle = signal('');

export interface Watch {
  watched: number;
  failing: number;
  running: number;
}

export const watch = signal<Watch>({ watched: 0, failing: 0, running: 0 });

/** What fails comes first, then what runs; without watched builders the icon says nothing. */
export function iconName({ watched, failing, running }: Watch): string {
  if (watched === 0) return 'favicon.svg';
  if (failing > 0) return 'favicon-failure.svg';
  return running > 0 ? 'favicon-running.svg' : 'favicon-success.svg';
}

/** "✕ 2 · Builders · Slipway": the count of watched builders that fail. */
export function tabTitle(page: string, site: string, { failing }: Watch): string {
  return [failing > 0 ? `✕ ${failing}` : '', page, site].filter(Boolean).join(' · ');
}

export function startTitle(): void {
  effect(() => {
    document.title = tabTitle(pageTitle.value, config.value.title || 'Slipway', watch.value);
  });
  effect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    const href = `./${iconName(watch.value)}`;
    if (link && link.getAttribute('href') !== href) link.setAttribute('href', href);
  });
}
