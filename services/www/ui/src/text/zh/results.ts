// SPDX-License-Identifier: Apache-2.0
// The names of results and states.
import type { results as english } from '../en/results';

export const results: typeof english = {
  success: '成功',
  warnings: '警告',
  failure: '失败',
  skipped: '已跳过',
  exception: '异常',
  retry: '重试',
  cancelled: '已取消',
  running: '运行中',
  pending: '等待中',
  unknown: '未知',
};
