// SPDX-License-Identifier: Apache-2.0
// Tests of the navigation's table: what it leads to exists, and no key or link is taken twice.
import { describe, expect, it } from 'vitest';
import { NAV, NAV_GROUPS } from '../src/lib/nav';
import { matchRoute, parseHash } from '../src/lib/route';

const repeated = (all: readonly string[]) => all.filter((each, i) => all.indexOf(each) !== i);

describe('the navigation', () => {
  it('has every key and every link once', () => {
    expect(repeated(NAV.map((item) => item.key))).toEqual([]);
    expect(repeated(NAV.map((item) => item.link))).toEqual([]);
    expect(repeated(NAV.flatMap((item) => item.pages))).toEqual([]);
  });

  it.each(NAV.map((item) => [item.link, item] as const))('%s leads to a page that it marks', (link, item) => {
    expect(item.pages).toContain(matchRoute(parseHash(link).path).page);
    expect(NAV_GROUPS).toContain(item.group);
    expect(item.icon).toMatch(/^M/);
  });
});
