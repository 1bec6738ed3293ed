// SPDX-License-Identifier: Apache-2.0
// Names of the pages, as the navigation has them.
import type { nav as english } from '../en/nav';

export const nav: typeof english = {
  home: '首页',
  builders: '构建器',
  workers: '工作节点',
  messages: '消息',
  deliveries: '投递记录',
};
