// SPDX-License-Identifier: Apache-2.0
// Texts of the palette and of the commands in it.
import type { palette as english } from '../en/palette';

export const palette: typeof english = {
  title: '搜索与命令',
  placeholder: '构建器、修订版本、分支、作者、测试或命令…',
  pages: '页面',
  commands: '命令',
  types: { builders: '构建器', builds: '构建', changes: '变更', branches: '分支', tests: '测试' },
  all: (query) => `“${query}”的全部结果`,
  none: '没有名称与之匹配的内容。',
  hint: '移动',
  hintOpen: '打开',
  hintClose: '关闭',
  themeLight: '主题：浅色',
  themeDark: '主题：深色',
  themeAuto: '主题：跟随系统',
  compact: '密度：紧凑',
  comfortable: '密度：宽松',
  retry: '重新获取此页面的全部内容',
};
