// SPDX-License-Identifier: Apache-2.0
// Names of the pages, as the navigation has them.

export const nav = {
  home: 'Home',
  builders: 'Builders',
  workers: 'Workers',
  messages: 'Messages',
  deliveries: 'Deliveries',
};
