// SPDX-License-Identifier: Apache-2.0
// Texts of the audit log.
import type { audit as english } from '../en/audit';

export const audit: typeof english = {
  why: '登录后即可查看谁做了什么。',
  none: '没有此类操作。',
};
