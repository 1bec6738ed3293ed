// SPDX-License-Identifier: Apache-2.0
// Texts that many pages share.
import type { common as english } from '../en/common';

export const common: typeof english = {
  loading: '加载中…',
  tryAgain: '重试',
  showMore: '显示更多',
  dismiss: '关闭',
  notFound: '未找到',
  noSuchPage: '没有这个页面。',
};
