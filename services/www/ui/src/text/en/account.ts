// SPDX-License-Identifier: Apache-2.0
// Texts of the page about who is signed in.
import { countingIn } from '../plural';

const count = countingIn('en');

export const account = {
  why: 'Sign in to see your account.',
  whoYouAre: 'Who you are',
  user: 'User',
  mail: 'Mail',
  knownBy: 'Known by',
  groups: 'Groups',
  roles: 'Roles',
  mayDo: 'You may',
  none: 'none',
  auditLink: 'The audit log: who did what',
  password: 'Password',
  oldPassword: 'Old password',
  newPassword: 'New password',
  change: 'Change',
  changed: 'Password changed; other browsers are signed out.',
  tokens: 'API tokens',
  shownOnce: 'The token, which is shown only now:',
  copy: 'Copy',
  copied: 'Copied.',
  noTokens: 'You have no tokens. A script that uses the API needs one: name it above, and create it.',
  whatFor: 'What it is for',
  scopes: 'Scopes',
  valid: 'Valid',
  create: 'Create',
  scopesHint: 'all, or some of read, force, rebuild, stop …',
  days: (n: number) => (n === 0 ? 'for ever' : n === 365 ? 'a year' : count(n, { one: 'day', other: 'days' })),
  columns: { name: 'For', hint: 'Begins with', scopes: 'Scopes', made: 'Made', ends: 'Ends', used: 'Last used', actions: 'Actions' },
  never: 'never',
  neverEnds: 'never',
  usedFrom: (client: string) => `from ${client}`,
  revoke: 'Revoke',
  revoked: 'revoked',
  revokeTitle: (name: string) => `Revoke “${name}”?`,
  revokeText: 'Whatever uses this token is refused from now on. A revoked token stays revoked.',
};
