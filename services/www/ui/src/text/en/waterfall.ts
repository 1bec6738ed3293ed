// SPDX-License-Identifier: Apache-2.0
// Texts of the waterfall.

export const waterfall = {
  hint: 'Time runs upwards: the newest builds are at the top.',
  larger: 'Larger',
  smaller: 'Smaller',
  scale: (pixels: number) => `${pixels} px a minute`,
  foldIdle: 'Fold idle times',
  idle: (time: string) => `idle for ${time}`,
  older: 'Show older builds',
  shown: (n: number) => `${n.toLocaleString('en')} builds`,
  none: 'No build has run yet.',
  noneHint: 'Builds appear here as they run, a column for each builder.',
  noneMatch: 'No builder with builds matches.',
  label: (builder: string, number: number, result: string, took: string) => `${builder} #${number}: ${result}, ${took}`,
  from: 'Started',
  to: 'Ended',
  took: 'Took',
  owner: 'By',
  reason: 'Reason',
  source: 'Source',
  worker: 'Worker',
  now: 'now',
  changes: 'Changes',
  changeBy: (author: string, comment: string) => `${author}: ${comment}`,
  keys: 'Arrow keys lead from build to build.',
};
