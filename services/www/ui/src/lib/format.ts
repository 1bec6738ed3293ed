// SPDX-License-Identifier: Apache-2.0
// Times and short texts as people read them. Every time is in epoch seconds, as in the API.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "8s", "3m 07s", "2h 05m", "3d 4h": always at most two units, so that columns stay narrow. */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  if (s < MINUTE) return `${s}s`;
  if (s < HOUR) return `${Math.floor(s / MINUTE)}m ${two(s % MINUTE)}s`;
  if (s < DAY) return `${Math.floor(s / HOUR)}h ${two(Math.floor((s % HOUR) / MINUTE))}m`;
  return `${Math.floor(s / DAY)}d ${Math.floor((s % DAY) / HOUR)}h`;
}

/** "just now", "5 min ago", "3 h ago", "yesterday", "12 days ago"; "in 5 min" for what is to come. */
export function formatAgo(at: number, now: number): string {
  const delta = Math.floor(now - at);
  const size = Math.abs(delta);
  if (size < 10) return 'just now';
  const text = sizeInWords(size);
  if (delta < 0) return `in ${text}`;
  if (size >= DAY && size < 2 * DAY) return 'yesterday';
  return `${text} ago`;
}

function sizeInWords(size: number): string {
  if (size < MINUTE) return `${size} s`;
  if (size < HOUR) return `${Math.floor(size / MINUTE)} min`;
  if (size < DAY) return `${Math.floor(size / HOUR)} h`;
  const days = Math.floor(size / DAY);
  return days === 1 ? '1 day' : `${days} days`;
}

/** The full local date and time, for tooltips and details. */
export function formatDate(at: number): string {
  return new Date(at * 1000).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
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
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms >= 10 ? ms.toFixed(0) : ms.toFixed(1)} ms`;
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
