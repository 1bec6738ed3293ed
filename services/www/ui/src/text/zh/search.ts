// SPDX-License-Identifier: Apache-2.0
// Texts of the page of search.
import type { search as english } from '../en/search';

export const search: typeof english = {
  focus: '转到搜索框',
  fields: { q: '关键词', revision: '修订版本', branch: '分支', author: '作者' },
  examples: { q: '构建器、构建、变更、分支或测试', revision: '9f3a12', branch: 'main', author: 'ada' },
  whatFor: '可以搜索的内容',
  hints: [
    ['linux', '名称中包含该词的构建器、分支和测试，以及提到该词的变更'],
    ['linux/7', '构建器 linux 的第 7 次构建'],
    ['9f3a12c', '以此开头的修订版本的变更和构建'],
    ['ada@example.org', '某位作者的变更'],
  ],
  none: '未找到任何内容。',
  noneHint: '词越少、越短，结果越多：构建器和测试可按名称的任意部分查找，修订版本按开头查找。',
  found: (n) => `${n} 条结果`,
  atLeast: (n) => `${n} 条或更多`,
};
