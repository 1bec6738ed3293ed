// SPDX-License-Identifier: Apache-2.0
// How this browser's user likes logs: wrapped or not, with which times. Kept in local storage; an address may say otherwise.
import { computed, signal } from '@preact/signals';

export type Times = 'off' | 'clock' | 'since';

export interface LogPrefs {
  wrap: boolean;
  times: Times;
}

const KEY = 'slipway.log';
const ORDER: readonly Times[] = ['off', 'clock', 'since'];

function stored(): LogPrefs {
  const usual: LogPrefs = { wrap: true, times: 'off' };
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<LogPrefs>) };
  } catch {
    return usual;
  }
}

const liked = signal<LogPrefs>(stored());
/** What the address of the page says, so that a link shows to others what it showed to whoever copied it. */
export const addressedPrefs = signal<Partial<LogPrefs>>({});
export const logPrefs = computed<LogPrefs>(() => ({ ...liked.value, ...addressedPrefs.value }));

/** Of a page's query: "wrap=0" or "1", "times=off", "clock" or "since". */
export function prefsOf(query: URLSearchParams): Partial<LogPrefs> {
  const [wrap, times] = [query.get('wrap'), query.get('times') as Times];
  return { ...(wrap === '0' || wrap === '1' ? { wrap: wrap === '1' } : {}), ...(ORDER.includes(times) ? { times } : {}) };
}

/** The same for an address. */
export function prefParts({ wrap, times }: Partial<LogPrefs>): { wrap: 0 | 1 | undefined; times: Times | undefined } {
  return { wrap: wrap === undefined ? undefined : wrap ? 1 : 0, times };
}

/** What is chosen holds for later logs too. */
export function changeLogPrefs(part: Partial<LogPrefs>): void {
  liked.value = { ...liked.peek(), ...part };
  addressedPrefs.value = { ...addressedPrefs.peek(), ...part };
  try {
    localStorage.setItem(KEY, JSON.stringify(liked.peek()));
  } catch {
    // It holds until the page is closed.
  }
}

export function nextTimes(times: Times): Times {
  return ORDER[(ORDER.indexOf(times) + 1) % ORDER.length]!;
}

/** "14:05:09.120", in the reader's own time zone. */
export function clockTime(ms: number, timeZone: string): string {
  const zone = timeZone === 'local' ? undefined : timeZone;
  const time = new Date(ms).toLocaleTimeString('en-GB', { hour12: false, timeZone: zone });
  return `${time}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`;
}

/** "+1:02:03.4", "+0:05.1": since the step began. */
export function sinceTime(ms: number, startSeconds: number): string {
  const tenths = Math.max(0, Math.floor(ms / 100 - startSeconds * 10));
  const two = (n: number) => String(n).padStart(2, '0');
  const s = Math.floor(tenths / 10);
  const hours = Math.floor(s / 3600);
  const rest = `${hours ? two(Math.floor(s / 60) % 60) : Math.floor(s / 60)}:${two(s % 60)}.${tenths % 10}`;
  return `+${hours ? `${hours}:` : ''}${rest}`;
}
