// SPDX-License-Identifier: Apache-2.0
// What the palette offers for what is typed: pages, commands, and what the search finds.
import { getPage } from '../api/client';
import type { SearchGroup } from '../api/records';

export interface Offer {
  id: string;
  text: string;
  /** Said after the text, less loudly. */
  more?: string;
  icon?: string;
  /** Where it leads, or what it does. */
  link?: string;
  run?: () => void;
}

export interface OfferGroup {
  title: string;
  offers: readonly Offer[];
}

/** Every word is somewhere in the text; those at the beginning of a word first. */
export function matching(offers: readonly Offer[], query: string): Offer[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const score = (text: string) => words.reduce((sum, word) => sum + (` ${text}`.includes(` ${word}`) ? 0 : 1), 0);
  return offers
    .map((offer) => ({ offer, text: offer.text.toLowerCase() }))
    .filter(({ text }) => words.every((word) => text.includes(word)))
    .sort((a, b) => score(a.text) - score(b.text))
    .map(({ offer }) => offer);
}

/** The UI's address of a hit, whose path is the API's. */
export function hitLink(path: string): string {
  const [, builder, name] = /^builders\/(\d+)\/test_history\?name=(.*)$/.exec(path) ?? [];
  return builder === undefined ? `#/${path}` : `#/builders/${builder}?tab=tests&test=${name}`;
}

export type SearchFilters = { q?: string; revision?: string; branch?: string; author?: string; limit: number };

export async function search(filters: SearchFilters, signal?: AbortSignal): Promise<SearchGroup[]> {
  const page = await getPage<SearchGroup>('search', 'search', filters, signal);
  return page.items;
}
