// SPDX-License-Identifier: Apache-2.0
// Texts of the frame round every page.

export const shell = {
  skip: 'Skip to the content',
  main: 'Main',
  menu: 'Menu',
  find: 'Search',
  fold: 'Fold the sidebar',
  unfold: 'Unfold the sidebar',
  connecting: 'Connecting…',
  live: 'Live',
  reconnecting: 'Reconnecting…',
  signIn: 'Sign in',
  signOut: 'Sign out',
  whySignIn: 'Once signed in you can do what your roles allow.',
  outage: (reason: string) => `${reason} What you see may be out of date; trying again every few seconds.`,
  retryNow: 'Retry now',
  notDrawn: 'This page could not be drawn',
  notFetched: 'This page could not be fetched',
  reload: 'Reload',
};
