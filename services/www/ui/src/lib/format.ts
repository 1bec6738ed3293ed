// SPDX-License-Identifier: Apache-2.0
// Times and short texts as people read them, in their language and time zone. Every time is in epoch seconds, as in the
// API. What draws with them is drawn anew when the settings change.
import { t } from '../text';
import { dateFormat, locale, relativeFormat } from './locale';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "8s", "3m 07s", "2h 05m", "3d 4h": always at most two units, so that columns stay narrow. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const { s, m, h, d } = t.units;
  if (total < MINUTE) return `${total}${s}`;
  if (total < HOUR) return `${Math.floor(total / MINUTE)}${m} ${two(total % MINUTE)}${s}`;
  if (total < DAY) return `${Math.floor(total / HOUR)}${h} ${two(Math.floor((total % HOUR) / MINUTE))}${m}`;
  return `${Math.floor(total / DAY)}${d} ${Math.floor((total % DAY) / HOUR)}${h}`;
}

const STEPS: readonly [size: number, unit: Intl.RelativeTimeFormatUnit][] = [[DAY, 'day'], [HOUR, 'hour'], [MINUTE, 'minute'], [1, 'second']];

/** "just now", "5 min ago", "3 hr ago", "yesterday", "12 days ago"; "in 5 min" for what is to come. */
export function formatAgo(at: number, now: number): string {
  const delta = Math.floor(now - at);
  const away = Math.abs(delta);
  if (away < 10) return t.units.now;
  const [size, unit] = STEPS.find(([each]) => away >= each)!;
  const count = Math.floor(away / size);
  return relativeFormat().format(delta > 0 ? -count : count, unit);
}

/** The full date and time with the time zone, for tooltips and details. */
export function formatDate(at: number): string {
  const format = dateFormat({
    year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
  });
  return format.format(at * 1000);
}

/** The time of day, for rows that stand below their date. */
export function formatTime(at: number): string {
  return dateFormat({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at * 1000);
}

/** The date alone: a heading above the times of one day. */
export function formatDay(at: number): string {
  return dateFormat({ weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' }).format(at * 1000);
}

/** Date and time as short as they get: for axes and narrow columns. */
export function formatDayTime(at: number): string {
  return dateFormat({ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(at * 1000);
}

export function formatNumber(n: number): string {
  return n.toLocaleString(locale());
}

/** A git revision shortened to what people recognise; other revisions stay as they are. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{20,}$/i.test(revision) ? revision.slice(0, 10) : revision;
}

/** "0 B", "672 B", "3.3 MiB": three digits say enough. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = bytes;
  let unit = 0;
  for (; size >= 1023.5 && unit < units.length - 1; unit++) size /= 1024;
  const digits = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${size.toFixed(digits)} ${units[unit]}`;
}

/** "1.25 s", "20 ms", "0.3 ms": for times that a test took. */
export function formatNanoseconds(ns: number): string {
  const ms = ns / 1e6;
  if (ms >= 60_000) return formatDuration(ms / 1000);
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} ${t.units.seconds}`;
  return `${ms >= 10 ? ms.toFixed(0) : ms.toFixed(1)} ${t.units.milliseconds}`;
}

/** A sentence of the server's, which begins in lower case and has no full stop. */
export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

export function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}

/** The name without the mail address: "Ada <ada@example.org>" gives "Ada". */
export function authorName(author: string): string {
  const name = author.replace(/<[^>]*>/g, '').trim();
  return name || author;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

/** The middle value, used to guess how long a build takes; undefined without values. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
