// SPDX-License-Identifier: Apache-2.0
// Texts of the chart of a builder's builds.
import type { history as english } from '../en/history';

export const history: typeof english = {
  label: (n, good, usual) => [`${n} 个构建`, good === undefined ? '' : `${good}% 良好`, usual && `通常 ${usual}`].filter(Boolean).join('，'),
  point: (number, result, took, at) => `#${number}：${result}，${took}，${at}`,
};
