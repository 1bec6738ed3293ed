// SPDX-License-Identifier: Apache-2.0
// Texts of the browser's own notifications.
import type { notices as english } from '../en/notices';

export const notices: typeof english = {
  one: (builder, number, result) => `${builder} #${number}：${result}`,
  many: (n) => `${n} 个构建已完成`,
  manyFailed: (n) => (n === 0 ? '没有失败。' : `其中 ${n} 个失败。`),
};
