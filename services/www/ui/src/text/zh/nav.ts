// SPDX-License-Identifier: Apache-2.0
// Names of the pages and of their groups, as the navigation has them.
import type { nav as english } from '../en/nav';

export const nav: typeof english = {
  groups: {
    overview: '概览',
    views: '视图',
    sources: '来源',
    operation: '运行',
    admin: '管理',
    own: '个人',
  },
  home: '首页',
  builders: '构建器',
  pending: '排队',
  dashboard: '大屏',
  waterfall: '瀑布图',
  console: '控制台',
  grid: '网格',
  projects: '项目',
  changes: '变更',
  deliveries: '投递记录',
  schedulers: '调度器',
  workers: '工作节点',
  messages: '消息',
  config: '配置',
  audit: '审计日志',
  about: '关于',
  search: '搜索',
  settings: '设置',
  account: '账户',
};
