// SPDX-License-Identifier: Apache-2.0
// The browser's own notifications of finished builds: asked for in the settings, gathered, each build once.
import { effect } from '@preact/signals';
import { getPage } from '../api/client';
import type { Build, Builder } from '../api/records';
import { live } from '../live/refresh';
import { noticesOf, type FinishedBuild, type Notice } from './notices';
import { location, navigate } from './router';
import { config } from './session';
import { settings } from './settings';

/** What finishes within this time is told together, in ms, and so much of it is looked at. */
const GATHER = 1000;
const MOST = 100;

const names = new Map<number, string>();
let finished = new Map<number, FinishedBuild>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether this browser has notifications at all; pages that came without TLS have none. */
export function canNotify(): boolean {
  return 'Notification' in window && window.isSecureContext;
}

export function startNotifying(): void {
  effect(() => {
    if (settings.value.notify === 'none' || !canNotify()) return;
    return live.subscribe('builds/*/finished', (_, message) => gather(message as FinishedBuild));
  });
}

function gather(build: FinishedBuild): void {
  if (Notification.permission !== 'granted') return;
  if (finished.size < MOST) finished.set(build.buildid, build);
  timer ??= setTimeout(() => {
    const builds = [...finished.values()];
    [timer, finished] = [undefined, new Map()];
    // Whatever fails here is told by the page's banner; the next builds are told again.
    void tellOf(builds).catch(() => undefined);
  }, GATHER);
}

async function tellOf(builds: FinishedBuild[]): Promise<void> {
  await learnNames(builds.map((build) => build.builderid).filter((id) => !names.has(id)));
  const whole = settings.peek().notify === 'mine' ? await withOwners(builds) : builds;
  const notices = noticesOf(whole, (id) => names.get(id) ?? `#${id}`, settings.peek(), config.peek().user);
  for (const notice of notices) if (!isInSight(notice)) show(notice);
}

async function learnNames(ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const { items } = await getPage<Builder>('builders', 'builders', { builderid__eq: [...new Set(ids)] });
  for (const builder of items) names.set(builder.builderid, builder.name);
}

/** Events carry no properties. */
async function withOwners(builds: readonly FinishedBuild[]): Promise<FinishedBuild[]> {
  const ids = builds.map((build) => build.buildid);
  const query = { buildid__eq: ids, limit: ids.length, property: ['owner', 'owners', 'username'] };
  return (await getPage<Build>('builds', 'builds', query)).items;
}

/** Who looks at the build needs no notice of it. */
function isInSight(notice: Notice): boolean {
  return !document.hidden && notice.link === `#${location.peek().path}`;
}

function show(notice: Notice): void {
  const shown = new Notification(notice.title, { body: notice.body, tag: notice.tag, icon: './favicon.svg' });
  shown.onclick = () => {
    window.focus();
    navigate(notice.link);
    shown.close();
  };
}
