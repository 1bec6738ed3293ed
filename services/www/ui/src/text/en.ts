// SPDX-License-Identifier: Apache-2.0
// The English catalogue: one file for each part of the UI. A text with values in it is a function of them.
import { account } from './en/account';
import { actions } from './en/actions';
import { audit } from './en/audit';
import { build } from './en/build';
import { builder } from './en/builder';
import { common } from './en/common';
import { about, config } from './en/config';
import { console } from './en/console';
import { dashboard } from './en/dashboard';
import { grid } from './en/grid';
import { history } from './en/history';
import { keys } from './en/keys';
import { log } from './en/log';
import { messages } from './en/messages';
import { nav } from './en/nav';
import { notfound } from './en/notfound';
import { notices } from './en/notices';
import { overview } from './en/overview';
import { palette } from './en/palette';
import { pending } from './en/pending';
import { plant } from './en/plant';
import { request } from './en/request';
import { results } from './en/results';
import { search } from './en/search';
import { settings } from './en/settings';
import { shell } from './en/shell';
import { signin } from './en/signin';
import { sources } from './en/sources';
import { tests } from './en/tests';
import { units } from './en/units';
import { waterfall } from './en/waterfall';

export const en = {
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
