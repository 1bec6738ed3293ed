// SPDX-License-Identifier: Apache-2.0
// Tests of queries, answers and errors of the API client.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, control, errorFromBody, getOne, getPage, outage, pageUrl, queryString } from '../src/api/client';

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.stubGlobal('fetch', fetched);
  vi.stubGlobal('location', { href: 'https://acme.example/ci/?x=1#/builders/3' });
});

afterEach(() => {
  vi.unstubAllGlobals();
  fetched.mockReset();
  outage.value = null;
});

const answer = (body: unknown, status = 200) => fetched.mockResolvedValueOnce(new Response(JSON.stringify(body), { status }));

it('addresses everything next to the page', () => {
  expect(pageUrl('api/v2/builders')).toBe('https://acme.example/ci/api/v2/builders');
});

it('repeats keys for lists and leaves out what is not given', () => {
  expect(queryString({ number__eq: [1, 2], complete: false, x: undefined })).toBe('?number__eq=1&number__eq=2&complete=false');
  expect(queryString({})).toBe('');
});

describe('reading', () => {
  it('opens the envelope', async () => {
    answer({ builders: [{ builderid: 1 }], meta: { total: 7 } });
    expect(await getPage('builders', 'builders')).toEqual({ items: [{ builderid: 1 }], total: 7 });
  });
  it('counts by itself when nobody did', async () => {
    answer({ builders: [{ builderid: 1 }], meta: {} });
    expect((await getPage('builders', 'builders')).total).toBe(1);
  });
  it('takes an empty list for a missing record', async () => {
    answer({ builders: [], meta: {} });
    await expect(getOne('builders/9', 'builders')).rejects.toMatchObject({ status: 404 });
  });
});

describe('errors', () => {
  it.each([
    ['{"error":"not found"}', 404, 'not found'],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"you need to have role \'admin\'"}}', 403, "you need to have role 'admin'"],
    ['{"error":{"message":"invalid origin"}}', 400, 'invalid origin'],
    ['<html>', 502, 'error 502'],
    ['null', 500, 'error 500'],
  ])('reads %s', (text, status, message) => expect(errorFromBody(text, status).message).toBe(message));

  it('reads complaints about fields', () => {
    const error = errorFromBody('{"error":{"code":-32602,"message":{"branch":"no such branch"}}}', 400);
    expect(error.fields).toEqual({ branch: 'no such branch' });
  });
  it('notices that the server is away, and that it is back', async () => {
    fetched.mockRejectedValueOnce(new TypeError('network'));
    await expect(getPage('builders', 'builders')).rejects.toMatchObject({ status: 0, unreachable: true });
    expect(outage.peek()).not.toBeNull();
    answer({ builders: [] });
    await getPage('builders', 'builders');
    expect(outage.peek()).toBeNull();
  });
  it('does not take a refusal for an outage', async () => {
    answer({ error: 'no' }, 403);
    await expect(getPage('builders', 'builders')).rejects.toBeInstanceOf(ApiError);
    expect(outage.peek()).toBeNull();
  });
});

it('sends control calls as JSON-RPC', async () => {
  answer({ jsonrpc: '2.0', id: 1, result: [5, { '1': 9 }] });
  expect(await control('forceschedulers/force', 'force', { branch: 'main' })).toEqual([5, { '1': 9 }]);
  const [url, init] = fetched.mock.calls[0]!;
  expect(url).toBe('https://acme.example/ci/api/v2/forceschedulers/force');
  expect(init?.method).toBe('POST');
  expect(JSON.parse(String(init?.body))).toMatchObject({ jsonrpc: '2.0', method: 'force', params: { branch: 'main' } });
});
