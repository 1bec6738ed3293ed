// SPDX-License-Identifier: Apache-2.0
// Tests of addresses.
import { describe, expect, it } from 'vitest';
import { href, matchRoute, parseHash, withQuery } from '../src/lib/route';

describe('routes', () => {
  it.each([
    ['', 'home', {}],
    ['#/', 'home', {}],
    ['#/builders', 'builders', {}],
    ['#/builders/3', 'builder', { builder: '3' }],
    ['#/builders/3/', 'builder', { builder: '3' }],
    ['#/builders/linux%20x', 'builder', { builder: 'linux x' }],
    ['#/builders/3/force/by-hand', 'force', { builder: '3', scheduler: 'by-hand' }],
    ['#/builders/3/builds/7', 'build', { builder: '3', number: '7' }],
    ['#/builders/3/builds/7/steps/2/logs/stdio', 'log', { builder: '3', number: '7', step: '2', slug: 'stdio' }],
    ['#/buildrequests/9', 'request', { request: '9' }],
    ['#/workers/w1', 'worker', { worker: 'w1' }],
    ['#/messages/4', 'message', { message: '4' }],
    ['#/deliveries/12', 'delivery', { delivery: '12' }],
    ['#/deliveries/x', 'notfound', {}],
    ['#/account', 'account', {}],
    ['#/builders/3/builds/x', 'notfound', {}],
    ['#/nowhere', 'notfound', {}],
    ['#/builders/%zz', 'notfound', {}],
  ])('%s is %s', (hash, page, params) => expect(matchRoute(parseHash(hash).path)).toEqual({ page, params }));

  it('reads the query', () => {
    const { path, query } = parseHash('#/builders?tags=a&tags=b%20c');
    expect([path, query.getAll('tags')]).toEqual(['/builders', ['a', 'b c']]);
  });
  it('writes links', () => {
    expect(href('builders', 'a/b', 'builds', 7)).toBe('#/builders/a%2Fb/builds/7');
    expect(withQuery('#/x', { tab: 'a b', step: undefined })).toBe('#/x?tab=a%20b');
    expect(withQuery('#/x', {})).toBe('#/x');
  });
});
