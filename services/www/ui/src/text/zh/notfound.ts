// SPDX-License-Identifier: Apache-2.0
// Texts of the page for addresses that lead nowhere.
import type { notfound as english } from '../en/notfound';

export const notfound: typeof english = {
  home: '返回首页',
  builders: '查看所有构建器',
  search: '搜索',
  gone: '此处的内容可能已被移除，或者地址有误。',
};
