// SPDX-License-Identifier: Apache-2.0
// Texts that many pages share.
import type { common as english } from '../en/common';

export const common: typeof english = {
  loading: '加载中…',
  tryAgain: '重试',
  showMore: '显示更多',
  dismiss: '关闭提示',
  virtual: '虚拟',
  virtualHint: '因某次构建请求该名称而创建',
  close: '关闭',
  any: '全部',
  reason: '原因',
  keep: '保留',
  working: '处理中…',
  notFound: '未找到',
  noSuchPage: '没有这个页面。',
};
