// SPDX-License-Identifier: Apache-2.0
// Texts that many pages share.

export const common = {
  loading: 'Loading…',
  tryAgain: 'Try again',
  showMore: 'Show more',
  dismiss: 'Dismiss',
  virtual: 'virtual',
  virtualHint: 'Made for the name that a build asked for',
  close: 'Close',
  any: 'any',
  reason: 'Reason',
  keep: 'Keep it',
  working: 'Working…',
  notFound: 'Not found',
  noSuchPage: 'There is no such page.',
};
