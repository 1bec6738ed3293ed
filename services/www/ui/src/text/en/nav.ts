// SPDX-License-Identifier: Apache-2.0
// Names of the pages and of their groups, as the navigation has them.

export const nav = {
  groups: {
    overview: 'Overview',
    views: 'Views',
    sources: 'Sources',
    operation: 'Operation',
    admin: 'Administration',
    own: 'Yours',
  },
  home: 'Home',
  builders: 'Builders',
  pending: 'Pending',
  dashboard: 'Wall',
  waterfall: 'Waterfall',
  console: 'Console',
  grid: 'Grid',
  projects: 'Projects',
  changes: 'Changes',
  deliveries: 'Deliveries',
  schedulers: 'Schedulers',
  workers: 'Workers',
  messages: 'Messages',
  config: 'Configuration',
  audit: 'Audit log',
  about: 'About',
  search: 'Search',
  settings: 'Settings',
  account: 'Account',
};
