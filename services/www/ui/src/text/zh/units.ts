// SPDX-License-Identifier: Apache-2.0
// Units of time, as short as they are written behind a number.
import type { units as english } from '../en/units';

export const units: typeof english = {
  s: '秒',
  m: '分',
  h: '时',
  d: '天',
  seconds: '秒',
  milliseconds: '毫秒',
  now: '刚刚',
};
