// SPDX-License-Identifier: Apache-2.0
// What keys do, and the list of them.
import type { keys as english } from '../en/keys';

export const keys: typeof english = {
  title: '快捷键',
  everywhere: '所有页面',
  onThisPage: '本页面',
  goTo: '前往',
  help: '显示快捷键',
  palette: '搜索与命令面板',
  search: '搜索',
  nextRow: '下一行',
  previousRow: '上一行',
  open: '打开该行',
  enter: '打开当前焦点所在项',
  fold: '收起或展开侧边栏',
  escape: '关闭已打开的内容',
  then: '然后',
};
