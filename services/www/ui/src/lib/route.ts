// SPDX-License-Identifier: Apache-2.0
// Addresses within the UI: Buildbot's fragment routes, so that its links in mails and bookmarks keep working.

export interface Location {
  path: string;
  query: URLSearchParams;
}

export interface Match {
  page: PageName;
  params: Record<string, string>;
}

const ROUTES = [
  ['/', 'home'],
  ['/builders', 'builders'],
  ['/pendingbuildrequests', 'pending'],
  ['/dashboard', 'dashboard'],
  ['/waterfall', 'waterfall'],
  ['/console', 'console'],
  ['/grid', 'grid'],
  ['/builders/:builder', 'builder'],
  ['/builders/:builder/force/:scheduler', 'force'],
  ['/builders/:builder/builds/:number', 'build'],
  ['/builders/:builder/builds/:number/steps/:step/logs/:slug', 'log'],
  ['/buildrequests/:request', 'request'],
  ['/workers', 'workers'],
  ['/workers/:worker', 'worker'],
  ['/schedulers', 'schedulers'],
  ['/changes', 'changes'],
  ['/changes/:change', 'change'],
  ['/projects', 'projects'],
  ['/projects/:project', 'project'],
  ['/messages', 'messages'],
  ['/messages/:message', 'message'],
  ['/deliveries', 'deliveries'],
  ['/deliveries/:delivery', 'delivery'],
  ['/config', 'config'],
  ['/config/:version', 'config'],
  ['/about', 'about'],
  ['/audit', 'audit'],
  ['/account', 'account'],
  ['/search', 'search'],
  ['/settings', 'settings'],
] as const;

export type PageName = (typeof ROUTES)[number][1] | 'notfound';

/** These must be numbers; the others may be names as well. */
const NUMERIC = new Set(['number', 'step', 'request', 'message', 'delivery', 'change', 'version']);

export function parseHash(hash: string): Location {
  const text = hash.replace(/^#/, '');
  const [rawPath = '', rawQuery = ''] = splitOnce(text, '?');
  const path = '/' + rawPath.split('/').filter(Boolean).join('/');
  return { path, query: new URLSearchParams(rawQuery) };
}

function splitOnce(text: string, at: string): [string, string] {
  const i = text.indexOf(at);
  return i < 0 ? [text, ''] : [text.slice(0, i), text.slice(i + 1)];
}

export function matchRoute(path: string): Match {
  for (const [pattern, page] of ROUTES) {
    const params = matchPattern(pattern, path);
    if (params) return { page, params };
  }
  return { page: 'notfound', params: {} };
}

function matchPattern(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = decode(given[i] ?? '');
    if (value === null) return null;
    if (!part.startsWith(':')) {
      if (part !== value) return null;
    } else {
      const name = part.slice(1);
      if (value === '' || (NUMERIC.has(name) && !/^\d+$/.test(value))) return null;
      params[name] = value;
    }
  }
  return params;
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

type QueryValue = string | number | undefined;

/** A link within the UI: `href('builders', 3, 'builds', 7)` gives "#/builders/3/builds/7". */
export function href(...segments: (string | number)[]): string {
  return '#/' + segments.map((segment) => encodeURIComponent(segment)).join('/');
}

export function withQuery(link: string, query: Record<string, QueryValue>): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value as string | number)}`);
  return parts.length > 0 ? `${link}?${parts.join('&')}` : link;
}
