// SPDX-License-Identifier: Apache-2.0
// Who is signed in, and how an action asks somebody to sign in before (or again when) it is refused.
import { effect, signal } from '@preact/signals';
import { ApiError, getJson, postJson, unauthorized } from '../api/client';
import type { Config, User } from '../api/records';
import { t } from '../text';

export const config = signal<Config>({
  title: 'Slipway',
  titleURL: '',
  buildbotURL: '',
  user: { anonymous: true },
  versions: [],
});

/** Whether the server has said who is signed in; before that nobody is. */
export const configured = signal(false);

export interface Prompt {
  reason: string;
  answer: (signedIn: boolean) => void;
}

/** The open question who somebody is, if any; the sign-in dialog shows it. */
export const prompt = signal<Prompt | null>(null);

export function isAnonymous(user: User): boolean {
  return user.anonymous === true || !user.username;
}

/** How often somebody has signed in or out here. */
export const signIns = signal(0);

/** Why somebody should sign in, said above the page: their session has ended, or the page shows nothing to visitors. */
export const signInWanted = signal<'ended' | 'needed' | null>(null);

export async function loadConfig(): Promise<void> {
  const before = config.peek().user;
  const loaded = await getJson<Partial<Config>>('config');
  config.value = { ...config.peek(), ...loaded };
  configured.value = true;
  if (isAnonymous(before) !== isAnonymous(config.peek().user)) signInWanted.value = isAnonymous(before) ? null : 'ended';
}

/** A 401 in the middle: the page stays as it is, and is fetched again once somebody has signed in. */
export function watchRefusals(): void {
  effect(() => {
    if (!unauthorized.value) return;
    unauthorized.value = false;
    if (signInWanted.peek() !== null) return;
    signInWanted.value = isAnonymous(config.peek().user) ? 'needed' : 'ended';
  });
}

export type Credentials = { token: string } | { username: string; password: string };

export async function signIn(credentials: Credentials): Promise<void> {
  const answer = await postJson<{ user?: User }>('auth/login', credentials);
  config.value = { ...config.peek(), user: answer.user ?? { username: 'admin' } };
  signInWanted.value = null;
  signIns.value += 1;
}

export async function signOut(): Promise<void> {
  await postJson('auth/logout', {});
  config.value = { ...config.peek(), user: { anonymous: true } };
  signInWanted.value = null;
  signIns.value += 1;
}

/** Opens the sign-in dialog; true once signed in, false when the user gave up. */
export function askToSignIn(reason: string): Promise<boolean> {
  prompt.peek()?.answer(false);
  return new Promise((resolve) => {
    prompt.value = {
      reason,
      answer: (signedIn) => {
        prompt.value = null;
        resolve(signedIn);
      },
    };
  });
}

/**
 * Carries out what needs a right: asks to sign in first when nobody is, and again when the server refuses (a session
 * may have ended). Undefined when the user gave up; other errors are thrown.
 */
export async function withRights<T>(what: string, action: () => Promise<T>): Promise<{ result: T } | undefined> {
  let signedIn = !isAnonymous(config.peek().user) || (await askToSignIn(t.shell.needsSignIn(what)));
  while (signedIn) {
    try {
      return { result: await action() };
    } catch (error) {
      if (!(error instanceof ApiError) || !error.denied) throw error;
      signedIn = await askToSignIn(t.shell.wasRefused(what, error.message));
    }
  }
  return undefined;
}
