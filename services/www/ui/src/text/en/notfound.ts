// SPDX-License-Identifier: Apache-2.0
// Texts of the page for addresses that lead nowhere.

export const notfound = {
  home: 'Go home',
  builders: 'See all builders',
  search: 'Search',
  gone: 'What was here may have been removed, or the address is mistyped.',
};
