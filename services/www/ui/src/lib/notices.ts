// SPDX-License-Identifier: Apache-2.0
// Which finished builds the browser's notifications tell of, and in which words.
import type { Build, User } from '../api/records';
import { t } from '../text';
import { resultStatus } from './results';
import { href } from './route';
import type { Settings } from './settings';

export interface Notice {
  title: string;
  body: string;
  link: string;
  /** Notices with the same tag replace each other, also those of other tabs. */
  tag: string;
}

export type FinishedBuild = Pick<Build, 'buildid' | 'builderid' | 'number' | 'results' | 'state_string' | 'properties'>;
type Wish = Pick<Settings, 'notify' | 'watched'>;

/** More at once become one notice. */
export const MOST_AT_ONCE = 3;

const OWNERS = ['owner', 'owners', 'username'];

/** Whether somebody is named as an owner: by user name, full name, mail address, or "Name <address>". */
export function isOwn(build: FinishedBuild, user: User): boolean {
  const names = [user.username, user.full_name, user.email].filter((name): name is string => Boolean(name)).map((name) => name.toLowerCase());
  const owners = OWNERS.flatMap((property) => build.properties?.[property]?.[0] ?? []).flat();
  return owners.some((owner) => {
    const text = String(owner).toLowerCase();
    const address = /<([^>]*)>/.exec(text)?.[1] ?? text;
    return names.includes(text) || names.includes(address) || names.includes(text.replace(/<.*/, '').trim());
  });
}

export function isWanted(build: FinishedBuild, builder: string, wish: Wish, user: User): boolean {
  if (wish.notify === 'none') return false;
  if (wish.watched.length > 0 && !wish.watched.includes(builder)) return false;
  if (wish.notify === 'failures') return build.results === 2 || build.results === 4;
  return wish.notify === 'all' || isOwn(build, user);
}

export function noticesOf(builds: readonly FinishedBuild[], nameOf: (builderid: number) => string, wish: Wish, user: User): Notice[] {
  const wanted = builds.filter((build) => isWanted(build, nameOf(build.builderid), wish, user));
  if (wanted.length <= MOST_AT_ONCE) return wanted.map((build) => noticeOf(build, nameOf(build.builderid)));
  const failed = wanted.filter((build) => build.results === 2 || build.results === 4).length;
  return [{ title: t.notices.many(wanted.length), body: t.notices.manyFailed(failed), link: '#/', tag: 'slipway-many' }];
}

function noticeOf(build: FinishedBuild, builder: string): Notice {
  return {
    title: t.notices.one(builder, build.number, t.results[resultStatus(build.results)]),
    body: build.state_string,
    link: href('builders', build.builderid, 'builds', build.number),
    tag: `slipway-build-${build.buildid}`,
  };
}
