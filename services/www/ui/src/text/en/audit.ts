// SPDX-License-Identifier: Apache-2.0
// Texts of the audit log.

export const audit = {
  why: 'Sign in to see who did what.',
  none: 'Nothing of that kind was done.',
  user: 'User',
  target: 'Target',
  outcome: 'Outcome',
  outcomes: { done: 'done', refused: 'refused', failed: 'failed' },
  columns: { at: 'When', who: 'Who', by: 'By', from: 'From', what: 'What', target: 'Target', outcome: 'Outcome' },
  byToken: (id: number) => `token ${id}`,
};
