// SPDX-License-Identifier: Apache-2.0
// The Chinese catalogue.
import type { Texts } from '.';
import { audit } from './zh/audit';
import { common } from './zh/common';
import { keys } from './zh/keys';
import { nav } from './zh/nav';
import { palette } from './zh/palette';
import { shell } from './zh/shell';

export const zh: Texts = { audit, common, keys, nav, palette, shell };
