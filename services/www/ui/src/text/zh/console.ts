// SPDX-License-Identifier: Apache-2.0
// Texts of the console, some of which the grid shares.
import type { console as english } from '../en/console';

export const console: typeof english = {
  change: '变更',
  branch: '分支',
  anyBranch: '任意分支',
  noComment: '无说明',
  unknown: '没有变更源告知此修订',
  notBuilt: '未构建',
  none: '尚无变更。',
  noneHint: '变更来自轮询器、网络钩子或 slipway send-change。每个变更在此占一行，显示各构建器的结果。',
  noBuilds: '所选构建器尚未构建这些变更。',
};
