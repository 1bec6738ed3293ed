// SPDX-License-Identifier: Apache-2.0
// Reads records from the REST API and sends JSON-RPC calls; the only file that calls fetch.

import { signal } from '@preact/signals';
import { t } from '../text';
export type QueryItem = string | number | boolean;
export type Query = Record<string, QueryItem | readonly QueryItem[] | undefined>;

export interface Page<T> {
  items: T[];
  total: number;
}

/** A call that failed. Status 0: no answer at all. */
export class ApiError extends Error {
  readonly status: number;
  /** Complaints by field name, when the server judged a form. */
  readonly fields: Record<string, string>;

  constructor(message: string, status: number, fields: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.fields = fields;
  }

  get denied(): boolean {
    return this.status === 401 || this.status === 403;
  }

  get unreachable(): boolean {
    return this.status === 0 || (this.status >= 502 && this.status <= 504);
  }
}

/** Null while the server answers; else why it does not. */
export const outage = signal<string | null>(null);

/** Reading was refused for want of a user (401) since this was last set to false. */
export const unauthorized = signal(false);

/** Answers that are being waited for. */
export const waitingFor = signal(0);

/** Seconds that the server's clock is ahead of this machine's, so that running times don't start below zero. */
let clockSkew = 0;

export function serverNow(): number {
  return Date.now() / 1000 + clockSkew;
}

/** An address next to the page itself, whatever path prefix the page is served below. */
export function pageUrl(path: string): string {
  return new URL(path, new URL('.', location.href)).href;
}

export function queryString(query: Query): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) params.append(key, String(item));
  }
  const text = params.toString();
  return text ? `?${text}` : '';
}

export function apiUrl(path: string, query: Query = {}): string {
  return pageUrl(`api/v2/${path}${queryString(query)}`);
}

async function request(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  waitingFor.value += 1;
  try {
    response = await fetch(url, init);
  } catch (reason) {
    if (init.signal?.aborted) throw reason;
    outage.value = t.shell.noAnswer;
    throw new ApiError(t.shell.noAnswer, 0);
  } finally {
    waitingFor.value -= 1;
  }
  noteClock(response);
  if (response.status === 401 && !init.method) unauthorized.value = true;
  if (!response.ok) throw await errorOf(response);
  outage.value = null;
  return response;
}

function noteClock(response: Response): void {
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) return;
  const skew = (date - Date.now()) / 1000;
  // The header counts whole seconds, so that smaller differences mean nothing.
  clockSkew = Math.abs(skew) > 2 ? skew : 0;
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  const error = errorFromBody(text, response.status);
  if (error.unreachable) outage.value = t.shell.answersError(response.status);
  else outage.value = null;
  return error;
}

/** The API answers {"error": text}, JSON-RPC {"error": {"message": text or {field: text}}}. */
export function errorFromBody(text: string, status: number): ApiError {
  let error: unknown;
  try {
    error = (JSON.parse(text) as { error?: unknown }).error;
  } catch {
    error = undefined;
  }
  const message = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error;
  if (typeof message === 'object' && message !== null) {
    const fields = Object.fromEntries(Object.entries(message).map(([name, value]) => [name, String(value)]));
    return new ApiError(t.shell.badFields, status, fields);
  }
  return new ApiError(typeof message === 'string' && message ? message : t.shell.error(status), status);
}

const ACCEPT = { Accept: 'application/json' };

interface Envelope {
  meta?: { total?: number };
  [key: string]: unknown;
}

/** Reads records; `key` is the plural under which the answer has them. */
export async function getPage<T>(path: string, key: string, query: Query = {}, signal?: AbortSignal): Promise<Page<T>> {
  const response = await request(apiUrl(path, query), { headers: ACCEPT, signal });
  const body = (await response.json()) as Envelope;
  const items = (body[key] ?? []) as T[];
  return { items, total: body.meta?.total ?? items.length };
}

/** As getPage(), with all that the answer says about itself. */
export async function getMeta<T, M>(path: string, key: string, query: Query, signal?: AbortSignal): Promise<{ items: T[]; meta: M }> {
  const response = await request(apiUrl(path, query), { headers: ACCEPT, signal });
  const body = (await response.json()) as Record<string, unknown>;
  return { items: (body[key] ?? []) as T[], meta: body.meta as M };
}

export async function getOne<T>(path: string, key: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const page = await getPage<T>(path, key, query, signal);
  const first = page.items[0];
  if (first === undefined) throw new ApiError(t.shell.noRecord, 404);
  return first;
}

/** The properties of a build are one object, not a list of records. */
export async function getObject<T>(path: string, key: string, signal?: AbortSignal): Promise<T> {
  const response = await request(apiUrl(path), { headers: ACCEPT, signal });
  const body = (await response.json()) as Envelope;
  const list = body[key] as T[] | undefined;
  if (!list?.[0]) throw new ApiError(t.shell.noRecord, 404);
  return list[0];
}

export async function getJson<T>(path: string): Promise<T> {
  return (await (await request(pageUrl(path), { headers: ACCEPT })).json()) as T;
}

/** What is no JSON: differences of texts. */
export async function getText(path: string, query: Query = {}, signal?: AbortSignal): Promise<string> {
  return (await request(apiUrl(path, query), { signal })).text();
}

export async function postJson<T>(path: string, body: unknown): Promise<T> {
  const headers = { ...ACCEPT, 'Content-Type': 'application/json' };
  const response = await request(pageUrl(path), { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  return (text ? JSON.parse(text) : {}) as T;
}

let calls = 0;

/** A control call on a resource: stop, rebuild, force, cancel, pause … */
export async function control<T>(path: string, method: string, params: Record<string, unknown> = {}): Promise<T> {
  const call = { jsonrpc: '2.0', id: ++calls, method, params };
  const answer = await postJson<{ result: T }>(`api/v2/${path}`, call);
  return answer.result;
}
