// SPDX-License-Identifier: Apache-2.0
// Texts of the grid.

export const grid = {
  across: 'Across',
  byRevision: 'Revisions',
  byBranch: 'Branches',
  defaultBranch: '(default branch)',
  none: 'No revision has been built yet.',
};
