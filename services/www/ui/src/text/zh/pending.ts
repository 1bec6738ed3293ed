// SPDX-License-Identifier: Apache-2.0
// Texts of the page of pending requests.
import type { pending as english } from '../en/pending';

export const pending: typeof english = {
  title: '等待中的请求',
  hint: '按取走的顺序排列：先按优先级，再按等待时间。',
  none: '没有等待中的请求。',
  noneHint: '请求来自调度器、强制构建，或触发其他构建的步骤。只要有空闲的工作节点，请求会立即变成构建。',
  anyBuilder: '任意构建器',
  builder: '构建器',
  request: '请求',
  waits: '等待开始于',
  priority: '优先级',
  source: '来源',
  why: '等待原因',
  all: '本页全部',
  choose: (id) => `选择请求 ${id}`,
  cancelChosen: (n) => `取消所选的 ${n} 个`,
  cancelTitle: (n) => `取消 ${n} 个请求？`,
  cancelText: '不会为它们创建构建。',
  cancelAction: '取消它们',
  cancelled: (n) => `已取消 ${n} 个请求。`,
  cancelling: '取消请求',
  changePriority: '更改',
  priorityTitle: (id) => `请求 ${id} 的优先级`,
  priorityHint: '数字越大越先执行；通常为 0。',
  prioritySet: '优先级已更改。',
  settingPriority: '更改优先级',
  save: '保存',
  shown: (shown, all) => `${all >= 1000 ? '1000 多' : all} 个中的 ${shown} 个`,
};
