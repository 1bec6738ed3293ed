// SPDX-License-Identifier: Apache-2.0
// All texts that the UI shows, by language: en/ is the catalogue, and the other languages must have every text of it.
import { signal } from '@preact/signals';
import { en } from './en';

export type Texts = typeof en;
export type Language = 'en' | 'zh';

/** Each language by its own name. */
export const LANGUAGES: Record<Language, string> = { en: 'English', zh: '中文' };

/** The texts of the chosen language. Read them while drawing: a text that is kept would stay in the old language. */
export let t: Texts = en;

/** Whoever reads it is drawn anew when the language changes. */
export const language = signal<Language>('en');

const LOADERS: Record<Language, () => Promise<Texts>> = {
  en: () => Promise.resolve(en),
  zh: () => import('./zh').then((module) => module.zh),
};

/** What the browser's user reads, as far as we have it. */
export function preferredLanguage(wanted: readonly string[] = navigator.languages): Language {
  const known = wanted.map((tag) => tag.split('-')[0]!.toLowerCase()).find((tag) => tag in LANGUAGES);
  return (known as Language | undefined) ?? 'en';
}

export async function setLanguage(next: Language): Promise<void> {
  t = await LOADERS[next]();
  document.documentElement.lang = next;
  language.value = next;
}
