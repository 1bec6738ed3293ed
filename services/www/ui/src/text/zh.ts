// SPDX-License-Identifier: Apache-2.0
// The Chinese catalogue.
import type { Texts } from '.';
import { audit } from './zh/audit';
import { common } from './zh/common';
import { dashboard } from './zh/dashboard';
import { keys } from './zh/keys';
import { log } from './zh/log';
import { nav } from './zh/nav';
import { notices } from './zh/notices';
import { overview } from './zh/overview';
import { palette } from './zh/palette';
import { pending } from './zh/pending';
import { results } from './zh/results';
import { search } from './zh/search';
import { settings } from './zh/settings';
import { shell } from './zh/shell';
import { units } from './zh/units';
import { waterfall } from './zh/waterfall';

export const zh: Texts = {
  audit,
  common,
  dashboard,
  keys,
  log,
  nav,
  notices,
  overview,
  palette,
  pending,
  results,
  search,
  settings,
  shell,
  units,
  waterfall,
};
