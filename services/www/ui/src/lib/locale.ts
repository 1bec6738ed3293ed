// SPDX-License-Identifier: Apache-2.0
// How the reader writes numbers and times: by the language of the UI, the time zone and the clock of the settings.
import { language } from '../text';
import { settings } from './settings';

const LOCALES = { en: 'en-GB', zh: 'zh-CN' } as const;

/** The browser's own kind of the language if it has one (en-US), else ours. */
export function locale(): string {
  const chosen = language.value;
  const wanted = typeof navigator === 'undefined' ? [] : navigator.languages;
  return wanted.find((tag) => tag.split('-')[0] === chosen && tag.includes('-')) ?? LOCALES[chosen];
}

/** Undefined is the machine's. */
export function timeZone(): string | undefined {
  const { timeZone: zone } = settings.value;
  return zone === 'local' ? undefined : zone;
}

function hourCycle(): { hourCycle?: 'h23' | 'h12' } {
  const { clock } = settings.value;
  return clock === 'auto' ? {} : { hourCycle: clock === '24' ? 'h23' : 'h12' };
}

const kept = new Map<string, Intl.DateTimeFormat>();

/** Making such a format takes a hundred times as long as using it. */
export function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const whole = { ...options, timeZone: timeZone(), ...(options.hour ? hourCycle() : {}) };
  const key = locale() + JSON.stringify(whole);
  let format = kept.get(key);
  if (!format) kept.set(key, (format = make(whole)));
  return format;
}

/** A time zone that this browser does not know (a setting from another one) is as if none were set. */
function make(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale(), options);
  } catch {
    return new Intl.DateTimeFormat(locale(), { ...options, timeZone: undefined });
  }
}

const relative = new Map<string, Intl.RelativeTimeFormat>();

export function relativeFormat(): Intl.RelativeTimeFormat {
  const key = locale();
  let format = relative.get(key);
  if (!format) relative.set(key, (format = new Intl.RelativeTimeFormat(key, { numeric: 'auto', style: 'short' })));
  return format;
}

/** All zones that the browser knows, the common one first. */
export function timeZones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
}
