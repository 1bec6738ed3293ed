// SPDX-License-Identifier: Apache-2.0
// Tests of asking to sign in round an action.
import { beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../src/api/client';
import { withRights, config, prompt } from '../src/lib/session';

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const signedIn = { ...config.peek(), user: { username: 'admin' } };
const anonymous = { ...config.peek(), user: { anonymous: true } };

beforeEach(() => prompt.value = null);

it('asks first when nobody is signed in, then acts', async () => {
  config.value = anonymous;
  const action = vi.fn(() => Promise.resolve('done'));
  const outcome = withRights('Stopping', action);
  expect([prompt.peek()?.reason, action.mock.calls.length]).toEqual(['Stopping needs you to sign in.', 0]);
  prompt.peek()!.answer(true);
  expect(await outcome).toEqual({ result: 'done' });
  expect(prompt.peek()).toBeNull();
});

it('acts at once for who is signed in', async () => {
  config.value = signedIn;
  expect(await withRights('Stopping', () => Promise.resolve(null))).toEqual({ result: null });
});

it('asks again when the session has ended', async () => {
  config.value = signedIn;
  const action = vi.fn<() => Promise<string>>();
  action.mockRejectedValueOnce(new ApiError('session ended', 401)).mockResolvedValueOnce('done');
  const outcome = withRights('Stopping', action);
  await settle();
  expect(prompt.peek()?.reason).toBe('Stopping was refused: session ended.');
  prompt.peek()!.answer(true);
  expect(await outcome).toEqual({ result: 'done' });
});

it('does nothing when the user gives up', async () => {
  config.value = anonymous;
  const action = vi.fn(() => Promise.resolve('done'));
  const outcome = withRights('Stopping', action);
  prompt.peek()!.answer(false);
  expect([await outcome, action.mock.calls.length]).toEqual([undefined, 0]);
});

it('hands other errors on', async () => {
  config.value = signedIn;
  await expect(withRights('Stopping', () => Promise.reject(new ApiError('boom', 500)))).rejects.toThrow('boom');
});
