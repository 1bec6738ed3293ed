// SPDX-License-Identifier: Apache-2.0
// Texts of the audit log.
import type { audit as english } from '../en/audit';

export const audit: typeof english = {
  why: '登录后即可查看谁做了什么。',
  none: '没有此类操作。',
  user: '用户',
  target: '对象',
  outcome: '结果',
  outcomes: { done: '已完成', refused: '被拒绝', failed: '失败' },
  columns: { at: '时间', who: '用户', by: '方式', from: '来源', what: '操作', target: '对象', outcome: '结果' },
  byToken: (id) => `令牌 ${id}`,
};
