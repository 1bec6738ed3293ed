// SPDX-License-Identifier: Apache-2.0
// What keys do, and the list of them.

export const keys = {
  title: 'Keys',
  everywhere: 'Everywhere',
  onThisPage: 'On this page',
  goTo: 'Go to',
  help: 'Show the keys',
  palette: 'Search and command palette',
  search: 'Search',
  nextRow: 'Next row',
  previousRow: 'Previous row',
  open: 'Open the row',
  enter: 'Open what has the focus',
  fold: 'Fold or unfold the sidebar',
  escape: 'Close what is open',
  then: 'then',
};
