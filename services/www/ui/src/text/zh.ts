// SPDX-License-Identifier: Apache-2.0
// The Chinese catalogue.
import type { Texts } from '.';
import { audit } from './zh/audit';
import { common } from './zh/common';
import { dashboard } from './zh/dashboard';
import { keys } from './zh/keys';
import { nav } from './zh/nav';
import { overview } from './zh/overview';
import { palette } from './zh/palette';
import { pending } from './zh/pending';
import { results } from './zh/results';
import { shell } from './zh/shell';
import { units } from './zh/units';

export const zh: Texts = {
  audit,
  common,
  dashboard,
  keys,
  nav,
  overview,
  palette,
  pending,
  results,
  shell,
  units,
};
