// SPDX-License-Identifier: Apache-2.0
// Tests of the addresses that steps bring along.
import { describe, expect, it } from 'vitest';
import type { Build } from '../src/api/records';
import { buildOfUrl, isSafeUrl, sortUrls, triggeredBuilders } from '../src/lib/links';

const urls = [
  { name: 'packages #10', url: '#/buildrequests/10' },
  { name: 'deb #1', url: '#/builders/2/builds/1' },
  { name: 'packages #11', url: '#/buildrequests/11' },
  { name: 'report', url: 'https://example.org/' },
];
const deb = { buildid: 8, builderid: 2, number: 1, buildrequestid: 10 } as Build;

describe('what may become a link', () => {
  it.each(['https://example.org/', 'HTTP://x', '#/builders/1', 'api/v2/builds/1/artifacts/a'])('%s may', (url) => expect(isSafeUrl(url)).toBe(true));
  it.each(['javascript:alert(1)', 'data:text/html,x', '//example.org', '/auth/logout', 'auth/logout', '#x', ''])('%s may not', (url) => expect(isSafeUrl(url)).toBe(false));
});

it('knows the build behind an address', () => {
  expect(buildOfUrl('#/builders/2/builds/17')).toEqual({ builderid: 2, number: 17 });
  expect(buildOfUrl('#/builders/2')).toBeUndefined();
  expect(buildOfUrl('https://example.org/#/builders/2/builds/17')).toBeUndefined();
});

it('shows a triggered build instead of its request, and a request while it waits', () => {
  const { triggered, others } = sortUrls(urls, [deb]);
  expect(triggered.map((t) => [t.name, t.build?.buildid, t.waiting])).toEqual([['deb #1', 8, false], ['packages #11', undefined, true]]);
  expect(others).toEqual([urls[3]]);
});

it('names each builder that was triggered once', () => {
  expect(triggeredBuilders([{ urls }, { urls: [{ name: 'a', url: '#/builders/1/builds/2' }, ...urls] }])).toEqual([1, 2]);
});
