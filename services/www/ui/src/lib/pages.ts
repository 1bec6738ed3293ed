// SPDX-License-Identifier: Apache-2.0
// The pages, each a piece of the program that is fetched when it is first opened, or before, when there is time.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { PageName } from './route';

export interface PageProps {
  params: Record<string, string>;
  query: URLSearchParams;
}

type Page = ComponentType<PageProps>;
type Loader = () => Promise<{ default: Page }>;

const LOADERS: Record<PageName, Loader> = {
  home: () => import('../pages/home'),
  builders: () => import('../pages/builders'),
  pending: () => import('../pages/pending'),
  dashboard: () => import('../pages/dashboard'),
  builder: () => import('../pages/builder'),
  force: () => import('../pages/builder'),
  build: () => import('../pages/build'),
  log: () => import('../pages/log'),
  request: () => import('../pages/request'),
  waterfall: () => import('../pages/waterfall'),
  console: () => import('../pages/console'),
  grid: () => import('../pages/grid'),
  workers: () => import('../pages/workers'),
  worker: () => import('../pages/worker'),
  messages: () => import('../pages/messages'),
  message: () => import('../pages/messages'),
  schedulers: () => import('../pages/schedulers'),
  changes: () => import('../pages/changes'),
  change: () => import('../pages/change'),
  projects: () => import('../pages/projects'),
  project: () => import('../pages/project'),
  config: () => import('../pages/config'),
  about: () => import('../pages/about'),
  deliveries: () => import('../pages/deliveries'),
  delivery: () => import('../pages/deliveries'),
  audit: () => import('../pages/audit'),
  account: () => import('../pages/account'),
  search: () => import('../pages/search'),
  settings: () => import('../pages/settings'),
  notfound: () => import('../pages/notfound'),
};

/** A page is undefined until it is there; an Error says why it could not be fetched. */
const loaded = signal<Partial<Record<PageName, Page | Error>>>({});

function keep(name: PageName, page: Page | Error): void {
  loaded.value = { ...loaded.peek(), [name]: page };
}

/** Fetches a page unless it is there; a fetch that failed is tried again. */
export async function loadPage(name: PageName): Promise<void> {
  const there = loaded.peek()[name];
  if (there && !(there instanceof Error)) return;
  try {
    keep(name, (await LOADERS[name]()).default);
  } catch (reason) {
    keep(name, reason instanceof Error ? reason : new Error(String(reason)));
  }
}

export function pageNamed(name: PageName): Page | Error | undefined {
  return loaded.value[name];
}

/** Fetches what is missing while the browser has nothing else to do, so that pages open at once. */
export function loadPagesWhenIdle(): void {
  const idle = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 1000));
  const names = Object.keys(LOADERS) as PageName[];
  const next = () => {
    const name = names.shift();
    if (name !== undefined) void loadPage(name).then(() => idle(next));
  };
  idle(next);
}
