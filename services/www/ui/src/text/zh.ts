// SPDX-License-Identifier: Apache-2.0
// The Chinese catalogue.
import type { Texts } from '.';
import { account } from './zh/account';
import { actions } from './zh/actions';
import { audit } from './zh/audit';
import { build } from './zh/build';
import { builder } from './zh/builder';
import { common } from './zh/common';
import { about, config } from './zh/config';
import { console } from './zh/console';
import { dashboard } from './zh/dashboard';
import { grid } from './zh/grid';
import { history } from './zh/history';
import { keys } from './zh/keys';
import { log } from './zh/log';
import { messages } from './zh/messages';
import { nav } from './zh/nav';
import { notfound } from './zh/notfound';
import { notices } from './zh/notices';
import { overview } from './zh/overview';
import { palette } from './zh/palette';
import { pending } from './zh/pending';
import { plant } from './zh/plant';
import { request } from './zh/request';
import { results } from './zh/results';
import { search } from './zh/search';
import { settings } from './zh/settings';
import { shell } from './zh/shell';
import { signin } from './zh/signin';
import { sources } from './zh/sources';
import { tests } from './zh/tests';
import { units } from './zh/units';
import { waterfall } from './zh/waterfall';

export const zh: Texts = {
  about,
  account,
  actions,
  audit,
  build,
  builder,
  common,
  config,
  console,
  dashboard,
  grid,
  history,
  keys,
  log,
  messages,
  nav,
  notfound,
  notices,
  overview,
  palette,
  pending,
  plant,
  request,
  results,
  search,
  settings,
  shell,
  signin,
  sources,
  tests,
  units,
  waterfall,
};
