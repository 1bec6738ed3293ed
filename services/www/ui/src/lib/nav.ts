// SPDX-License-Identifier: Apache-2.0
// What the navigation offers, group by group; a page that has no row here is reached from others.
import { t, type Texts } from '../text';
import type { PageName } from './route';

/** In the order in which they stand; the last one is at the frame's end, apart from the others. */
export const NAV_GROUPS = ['overview', 'views', 'sources', 'operation', 'admin', 'own'] as const;
export type NavGroup = (typeof NAV_GROUPS)[number];

export interface NavItem {
  group: NavGroup;
  link: string;
  /** Its text in the catalogue. */
  text: Exclude<keyof Texts['nav'], 'groups'>;
  /** The pages for which it is marked as current. */
  pages: readonly PageName[];
  /** The key after "g" that leads there. */
  key: string;
  /** Its picture: the outline's path on a field of 16 by 16. */
  icon: string;
}

/** Rows of a group stand in this order. */
export const NAV: readonly NavItem[] = [
  {
    group: 'overview', link: '#/', text: 'home', pages: ['home'], key: 'h',
    icon: 'M2.5 7.5 8 3l5.5 4.5M4 6.5V13h8V6.5M6.7 13V9.5h2.6V13',
  },
  {
    group: 'overview', link: '#/builders', text: 'builders', key: 'b',
    pages: ['builders', 'builder', 'force', 'build', 'log', 'request'],
    icon: 'M2.5 4h11M2.5 8h11M2.5 12h11M5 2.8v2.4M10.5 6.8v2.4M7.5 10.8v2.4',
  },
  {
    group: 'overview', link: '#/pendingbuildrequests', text: 'pending', pages: ['pending'], key: 'p',
    icon: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M8 5v3.2l2.2 1.5',
  },
  {
    group: 'overview', link: '#/dashboard', text: 'dashboard', pages: ['dashboard'], key: 'l',
    icon: 'M2 3h12v8H2zM5.5 13.5h5M8 11v2.5',
  },
  {
    group: 'views', link: '#/waterfall', text: 'waterfall', pages: ['waterfall'], key: 'f',
    icon: 'M3 2.5v6h2.5v-6zM3 10.5v3h2.5v-3M6.8 4.5v9h2.5v-9zM10.6 2.5v4h2.5v-4zM10.6 8.5v5h2.5v-5z',
  },
  {
    group: 'views', link: '#/console', text: 'console', pages: ['console'], key: 'c',
    icon: 'M2.5 3h4v2h-4zM8.5 3h2v2h-2zM12 3h1.5v2H12M2.5 7h4v2h-4zM8.5 7h2v2h-2zM12 7h1.5v2H12M2.5 11h4v2h-4zM8.5 11h2v2h-2zM12 11h1.5v2H12',
  },
  {
    group: 'views', link: '#/grid', text: 'grid', pages: ['grid'], key: 'r',
    icon: 'M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11M6.2 2.5v11M9.8 2.5v11',
  },
  {
    group: 'sources', link: '#/projects', text: 'projects', pages: ['projects', 'project'], key: 'j',
    icon: 'M2 4.5h4l1.5 1.5H14v7H2z',
  },
  {
    group: 'sources', link: '#/changes', text: 'changes', pages: ['changes', 'change'], key: 'e',
    icon: 'M8 2v3.5M8 10.5V14M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5',
  },
  {
    group: 'sources', link: '#/deliveries', text: 'deliveries', pages: ['deliveries', 'delivery'], key: 'd',
    icon: 'M2.5 9h3l1 2h3l1-2h3M2.5 9l2-6h7l2 6v4h-11z',
  },
  {
    group: 'operation', link: '#/workers', text: 'workers', pages: ['workers', 'worker'], key: 'w',
    icon: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5v.1M5 11v.1M8 5h3M8 11h3',
  },
  {
    group: 'operation', link: '#/schedulers', text: 'schedulers', pages: ['schedulers'], key: 's',
    icon: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V5M10.5 2.5V5M8 9v2h1.5',
  },
  {
    group: 'operation', link: '#/messages', text: 'messages', pages: ['messages', 'message'], key: 'm',
    icon: 'M2 4h12v8.5H2zM2 4.5l6 4.5 6-4.5',
  },
  {
    group: 'admin', link: '#/config', text: 'config', pages: ['config'], key: 'o',
    icon: 'M4 2.5h5.5L12.5 5.5v8h-8.5zM6.5 6.5l-1 1.5 1 1.5M9.5 6.5l1 1.5-1 1.5',
  },
  {
    group: 'admin', link: '#/audit', text: 'audit', pages: ['audit'], key: 'u',
    icon: 'M4 2.5h6.5L13 5v8.5H4zM6.5 7h4M6.5 9.3h4M6.5 11.5h2',
  },
  {
    group: 'admin', link: '#/about', text: 'about', pages: ['about'], key: 'i',
    icon: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M8 7.3v3.5M8 5.1v.1',
  },
  {
    group: 'own', link: '#/settings', text: 'settings', pages: ['settings'], key: ',',
    icon: 'M2.5 5h6M12 5h1.5M2.5 11H4M7.5 11h6M10.2 6.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4M5.8 12.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4',
  },
  {
    group: 'own', link: '#/account', text: 'account', pages: ['account'], key: 'a',
    icon: 'M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8M2.8 13.6a5.3 5.3 0 0 1 10.4 0',
  },
];

/** Pages that fill the window by themselves, such as those for a wall. */
export const FRAMELESS: readonly PageName[] = ['dashboard'];

export function navText(item: NavItem): string {
  return t.nav[item.text];
}

export function rowsOf(group: NavGroup): readonly NavItem[] {
  return NAV.filter((item) => item.group === group);
}
