// SPDX-License-Identifier: Apache-2.0
// The English catalogue: one file for each part of the UI. A text with values in it is a function of them.
import { common } from './en/common';
import { nav } from './en/nav';
import { shell } from './en/shell';

export const en = { common, nav, shell };
