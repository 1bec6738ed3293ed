// SPDX-License-Identifier: Apache-2.0
// Texts of the sign-in dialog.
import type { signin as english } from '../en/signin';

export const signin: typeof english = {
  title: '登录',
  ways: { token: '管理员令牌', password: '用户名和密码' },
  how: '登录方式',
  wrongToken: '这不是管理员令牌。',
  wrongPassword: '用户名或密码不正确。',
  with: (provider) => `使用 ${provider} 登录`,
  token: '管理员令牌',
  user: '用户',
  password: '密码',
  tokenHint: '`slipway up` 首次启动时会输出令牌，并保存在其状态目录的 `admin.token` 中。',
  passwordHint: '用 `slipway user add NAME` 创建用户。',
  cancel: '取消',
  submit: '登录',
  busy: '正在登录…',
};
