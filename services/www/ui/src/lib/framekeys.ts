// SPDX-License-Identifier: Apache-2.0
// Keys that work on every page. A page's own keys of the same name come before them.
import { t } from '../text';
import type { Shortcut } from './keys';
import { moveRow } from './listkeys';
import { NAV, navText } from './nav';
import { openOverlay } from './overlay';
import { navigate } from './router';
import { foldSidebar } from './settings';

export function frameKeys(): Shortcut[] {
  return [
    { keys: '?', text: t.keys.help, run: () => openOverlay('keys') },
    { keys: 'Ctrl+k', text: t.keys.palette, run: () => openOverlay('palette') },
    { keys: '/', text: t.keys.search, run: () => openOverlay('palette') },
    { keys: 'j', text: t.keys.nextRow, run: () => moveRow(1) },
    { keys: 'k', text: t.keys.previousRow, run: () => moveRow(-1) },
    { keys: '[', text: t.keys.fold, run: foldSidebar },
    ...NAV.map((item) => ({ keys: `g ${item.key}`, text: navText(item), run: () => navigate(item.link) })),
  ];
}
