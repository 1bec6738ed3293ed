// SPDX-License-Identifier: Apache-2.0
// Texts of the wall.
import type { dashboard as english } from '../en/dashboard';

export const dashboard: typeof english = {
  title: '大屏',
  all: '一切正常',
  failing: (n) => `${n} 个构建器失败`,
  fullScreen: '全屏',
  leave: '返回页面',
  build: (number) => `#${number}`,
  since: (number) => `自 #${number} 起失败`,
  more: (n) => `另有 ${n} 个正常`,
  none: '没有匹配的构建器。由地址选择：?tags=…、?project=…、?name=…',
};
