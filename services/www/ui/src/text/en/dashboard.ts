// SPDX-License-Identifier: Apache-2.0
// Texts of the wall.

export const dashboard = {
  title: 'Wall',
  all: 'All is well',
  failing: (n: number) => (n === 1 ? '1 builder is failing' : `${n} builders are failing`),
  fullScreen: 'Full screen',
  leave: 'Back to the pages',
  build: (number: number) => `#${number}`,
  since: (number: number) => `failing since #${number}`,
  more: (n: number) => `and ${n.toLocaleString('en')} more that are well`,
  none: 'No builder matches. The address chooses them: ?tags=…, ?project=…, ?name=…',
};
