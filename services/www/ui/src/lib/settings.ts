// SPDX-License-Identifier: Apache-2.0
// What each reader chose for this browser, kept in its local storage and obeyed at once.
import { effect, signal } from '@preact/signals';
import { preferredLanguage, setLanguage, type Language } from '../text';

export interface Settings {
  theme: 'auto' | 'light' | 'dark';
  density: 'comfortable' | 'compact';
  language: 'auto' | Language;
  /** 'local', or an IANA name such as 'UTC' or 'Europe/Berlin'. */
  timeZone: string;
  /** Whether the navigation shows names beside its icons. */
  sidebar: 'wide' | 'slim';
}

export const DEFAULTS: Settings = {
  theme: 'auto', density: 'comfortable', language: 'auto', timeZone: 'local', sidebar: 'wide',
};

const KEY = 'slipway.settings';

function stored(): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>) };
  } catch {
    // Storage that is forbidden or spoilt leaves the defaults.
    return DEFAULTS;
  }
}

export const settings = signal<Settings>(DEFAULTS);

export function changeSettings(part: Partial<Settings>): void {
  settings.value = { ...settings.peek(), ...part };
  try {
    localStorage.setItem(KEY, JSON.stringify(settings.peek()));
  } catch {
    // It holds until the page is closed.
  }
}

export function foldSidebar(): void {
  changeSettings({ sidebar: settings.peek().sidebar === 'slim' ? 'wide' : 'slim' });
}

/** Obeys the settings, those changed in other tabs too; the first texts are there when it resolves. */
export async function startSettings(): Promise<void> {
  settings.value = stored();
  addEventListener('storage', (event) => {
    if (event.key === KEY) settings.value = stored();
  });
  effect(() => {
    const { theme, density, sidebar } = settings.value;
    document.documentElement.dataset.theme = theme;
    document.documentElement.dataset.density = density;
    document.documentElement.dataset.sidebar = sidebar;
  });
  const chosen = () => (settings.value.language === 'auto' ? preferredLanguage() : settings.value.language);
  await setLanguage(chosen()).catch(() => undefined);
  effect(() => void setLanguage(chosen()).catch(() => undefined));
}
