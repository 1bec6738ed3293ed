// SPDX-License-Identifier: Apache-2.0
// Texts of the console, some of which the grid shares.

export const console = {
  change: 'Change',
  branch: 'Branch',
  anyBranch: 'Any branch',
  noComment: 'No comment',
  unknown: 'No change source told of this revision',
  notBuilt: 'not built',
  none: 'No change has come yet.',
  noneHint: 'A change comes from a poller, a web hook or slipway send-change. Each has a row here, with what every builder made of it.',
  noBuilds: 'None of these changes has been built by the builders that are chosen.',
};
