// SPDX-License-Identifier: Apache-2.0
// Texts of the frame round every page.
import type { shell as english } from '../en/shell';

export const shell: typeof english = {
  skip: '跳到正文',
  main: '主导航',
  menu: '菜单',
  find: '搜索',
  fold: '收起侧边栏',
  unfold: '展开侧边栏',
  connecting: '正在连接…',
  live: '实时',
  reconnecting: '正在重新连接…',
  signIn: '登录',
  signOut: '退出登录',
  whySignIn: '登录后，您可以执行角色所允许的操作。',
  outage: (reason) => `${reason}您看到的内容可能已过时；每隔几秒会自动重试。`,
  retryNow: '立即重试',
  notDrawn: '无法显示此页面',
  notFetched: '无法获取此页面',
  reload: '重新加载',
};
