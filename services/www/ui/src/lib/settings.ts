// SPDX-License-Identifier: Apache-2.0
// What each reader chose for this browser, kept in its local storage and obeyed at once. What was not chosen is as the
// server's configuration says (ui_default_config), else as here.
import { computed, effect, signal } from '@preact/signals';
import { LANGUAGES, preferredLanguage, setLanguage, type Language } from '../text';
import { config } from './session';

export interface Settings {
  theme: 'auto' | 'light' | 'dark';
  density: 'comfortable' | 'compact';
  language: 'auto' | Language;
  /** 'local', or an IANA name such as 'UTC' or 'Europe/Berlin'. */
  timeZone: string;
  /** Whether times of day have 12 or 24 hours; 'auto' is as in the language. */
  clock: 'auto' | '12' | '24';
  /** Whether the navigation shows names beside its icons. */
  sidebar: 'wide' | 'slim';
  /** What the browser's own notifications tell. */
  notify: 'none' | 'mine' | 'failures' | 'all';
  /** Names of the builders that are told of, and whose state the page's icon shows; none is all. */
  watched: readonly string[];
}

export const DEFAULTS: Settings = {
  theme: 'auto', density: 'comfortable', language: 'auto', timeZone: 'local', clock: 'auto', sidebar: 'wide',
  notify: 'none', watched: [],
};

/** The values that a setting can have; those that are not here are texts or lists. */
export const CHOICES = {
  theme: ['auto', 'light', 'dark'],
  density: ['comfortable', 'compact'],
  language: ['auto', ...(Object.keys(LANGUAGES) as Language[])],
  clock: ['auto', '12', '24'],
  sidebar: ['wide', 'slim'],
  notify: ['none', 'mine', 'failures', 'all'],
} as const satisfies { [Name in keyof Settings]?: readonly Settings[Name][] };

/** The settings' names in ui_default_config, beside Buildbot's own, which belong to pages. */
export const SERVER_KEYS: Partial<Record<keyof Settings, string>> = {
  theme: 'Slipway.theme', density: 'Slipway.density', language: 'Slipway.language', timeZone: 'Slipway.time_zone',
  clock: 'Slipway.clock', sidebar: 'Slipway.sidebar',
};

const KEY = 'slipway.settings';

/** What of a mapping of unknown origin can be obeyed. */
export function soundSettings(given: unknown): Partial<Settings> {
  if (typeof given !== 'object' || given === null) return {};
  const sound = Object.entries(given).filter(([name, value]) => {
    const choices: readonly unknown[] | undefined = CHOICES[name as keyof typeof CHOICES];
    if (choices) return choices.includes(value);
    if (name === 'watched') return Array.isArray(value) && value.every((each) => typeof each === 'string');
    return name === 'timeZone' && typeof value === 'string';
  });
  return Object.fromEntries(sound);
}

function stored(): Partial<Settings> {
  try {
    return soundSettings(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    // Storage that is forbidden or spoilt leaves the defaults.
    return {};
  }
}

/** What was chosen here. */
export const chosenSettings = signal<Partial<Settings>>({});

export const serverDefaults = computed<Partial<Settings>>(() => {
  const given = config.value.ui_default_config ?? {};
  return soundSettings(Object.fromEntries(Object.entries(SERVER_KEYS).map(([name, key]) => [name, given[key]])));
});

export const settings = computed<Settings>(() => ({ ...DEFAULTS, ...serverDefaults.value, ...chosenSettings.value }));

function keep(next: Partial<Settings>): void {
  chosenSettings.value = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // It holds until the page is closed.
  }
}

export function changeSettings(part: Partial<Settings>): void {
  keep({ ...chosenSettings.peek(), ...part });
}

export function resetSettings(): void {
  keep({});
}

export function foldSidebar(): void {
  changeSettings({ sidebar: settings.peek().sidebar === 'slim' ? 'wide' : 'slim' });
}

/** Obeys the settings, those changed in other tabs too; the first texts are there when it resolves. */
export async function startSettings(): Promise<void> {
  chosenSettings.value = stored();
  addEventListener('storage', (event) => {
    if (event.key === KEY) chosenSettings.value = stored();
  });
  effect(() => {
    const { theme, density, sidebar } = settings.value;
    Object.assign(document.documentElement.dataset, { theme, density, sidebar });
  });
  const chosen = () => (settings.value.language === 'auto' ? preferredLanguage() : settings.value.language);
  await setLanguage(chosen()).catch(() => undefined);
  effect(() => void setLanguage(chosen()).catch(() => undefined));
}
