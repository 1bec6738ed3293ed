// SPDX-License-Identifier: Apache-2.0
// Texts of the sign-in dialog.

export const signin = {
  title: 'Sign in',
  ways: { token: 'Admin token', password: 'User and password' },
  how: 'How to sign in',
  wrongToken: 'This is not the admin token.',
  wrongPassword: 'No such user with this password.',
  with: (provider: string) => `Sign in with ${provider}`,
  token: 'Admin token',
  user: 'User',
  password: 'Password',
  tokenHint: '`slipway up` prints the token at its first start and keeps it in `admin.token` in its state folder.',
  passwordHint: '`slipway user add NAME` makes users.',
  cancel: 'Cancel',
  submit: 'Sign in',
  busy: 'Signing in…',
};
