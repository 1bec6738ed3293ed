// SPDX-License-Identifier: Apache-2.0
// Texts of the grid.
import type { grid as english } from '../en/grid';

export const grid: typeof english = {
  across: '横向',
  byRevision: '修订',
  byBranch: '分支',
  defaultBranch: '（默认分支）',
  none: '尚无修订被构建过。',
};
