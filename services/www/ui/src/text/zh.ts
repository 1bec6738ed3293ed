// SPDX-License-Identifier: Apache-2.0
// The Chinese catalogue.
import type { Texts } from '.';
import { common } from './zh/common';
import { nav } from './zh/nav';
import { shell } from './zh/shell';

export const zh: Texts = { common, nav, shell };
