// SPDX-License-Identifier: Apache-2.0
// What the navigation offers, in its order; a page that has no row here is reached from others.
import { t, type Texts } from '../text';
import type { PageName } from './route';

export interface NavItem {
  link: string;
  /** Its text in the catalogue. */
  text: keyof Texts['nav'];
  /** The pages for which it is marked as current. */
  pages: readonly PageName[];
  /** The key after "g" that leads there. */
  key: string;
}

export const NAV: readonly NavItem[] = [
  { link: '#/', text: 'home', pages: ['home'], key: 'h' },
  { link: '#/builders', text: 'builders', pages: ['builders', 'builder', 'force', 'build', 'log', 'request'], key: 'b' },
  { link: '#/workers', text: 'workers', pages: ['workers', 'worker'], key: 'w' },
  { link: '#/messages', text: 'messages', pages: ['messages', 'message'], key: 'm' },
  { link: '#/deliveries', text: 'deliveries', pages: ['deliveries', 'delivery'], key: 'd' },
];

export function navText(item: NavItem): string {
  return t.nav[item.text];
}
