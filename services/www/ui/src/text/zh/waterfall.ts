// SPDX-License-Identifier: Apache-2.0
// Texts of the waterfall.
import type { waterfall as english } from '../en/waterfall';

export const waterfall: typeof english = {
  hint: '时间由下往上：最新的构建在最上面。',
  larger: '放大',
  smaller: '缩小',
  scale: (pixels) => `每分钟 ${pixels} 像素`,
  foldIdle: '折叠空闲时间',
  idle: (time) => `空闲 ${time}`,
  older: '显示更早的构建',
  shown: (n) => `${n} 个构建`,
  none: '尚无构建运行过。',
  noneHint: '构建运行时会出现在这里，每个构建器一列。',
  noneMatch: '没有匹配且有构建的构建器。',
  label: (builder, number, result, took) => `${builder} #${number}：${result}，${took}`,
  from: '开始',
  to: '结束',
  took: '耗时',
  owner: '所有者',
  reason: '原因',
  source: '来源',
  worker: '工作节点',
  now: '现在',
  changes: '变更',
  changeBy: (author, comment) => `${author}：${comment}`,
  keys: '方向键在构建之间移动。',
};
