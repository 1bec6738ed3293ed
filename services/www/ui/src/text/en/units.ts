// SPDX-License-Identifier: Apache-2.0
// Units of time, as short as they are written behind a number.

export const units = {
  s: 's',
  m: 'm',
  h: 'h',
  d: 'd',
  seconds: 's',
  milliseconds: 'ms',
  now: 'just now',
};
