// SPDX-License-Identifier: Apache-2.0
// Texts of the page of one request.
import type { request as english } from '../en/request';

export const request: typeof english = {
  title: (id) => `请求 ${id}`,
  noSuch: (id) => `没有请求 ${id}。`,
  unnamed: (builderid) => `构建器 ${builderid}`,
  waiting: '等待中',
  builder: '构建器',
  priority: '优先级',
  requested: '请求时间',
  opensHere: '一旦有工作节点接手，构建就会在此打开。',
  superseded: '已跳过，取而代之的是',
  other: (id) => `请求 ${id}`,
};
