// SPDX-License-Identifier: Apache-2.0
// Texts of the palette and of the commands in it.

export const palette = {
  title: 'Search and commands',
  placeholder: 'Builder, revision, branch, author, test, or a command…',
  pages: 'Pages',
  commands: 'Commands',
  types: { builders: 'Builders', builds: 'Builds', changes: 'Changes', branches: 'Branches', tests: 'Tests' },
  all: (query: string) => `All results for “${query}”`,
  none: 'Nothing has this in its name.',
  hint: 'to move',
  hintOpen: 'to open',
  hintClose: 'to close',
  themeLight: 'Theme: light',
  themeDark: 'Theme: dark',
  themeAuto: 'Theme: as the machine',
  compact: 'Density: compact',
  comfortable: 'Density: comfortable',
  retry: 'Fetch everything on this page again',
};
