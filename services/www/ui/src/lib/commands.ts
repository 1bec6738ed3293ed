// SPDX-License-Identifier: Apache-2.0
// What the palette can do besides leading somewhere.
import { refreshAll } from '../live/refresh';
import { t } from '../text';
import { openOverlay } from './overlay';
import type { Offer } from './palette';
import { askToSignIn, config, isAnonymous, signOut } from './session';
import { changeSettings, foldSidebar, type Settings } from './settings';

function setting(text: string, part: Partial<Settings>): Offer {
  return { id: JSON.stringify(part), text, run: () => changeSettings(part) };
}

function session(): Offer {
  if (isAnonymous(config.peek().user)) return { id: 'sign-in', text: t.shell.signIn, run: () => void askToSignIn(t.shell.whySignIn) };
  return { id: 'sign-out', text: t.shell.signOut, run: () => void signOut().catch(() => undefined) };
}

export function commands(): Offer[] {
  return [
    session(),
    setting(t.palette.themeDark, { theme: 'dark' }),
    setting(t.palette.themeLight, { theme: 'light' }),
    setting(t.palette.themeAuto, { theme: 'auto' }),
    setting(t.palette.compact, { density: 'compact' }),
    setting(t.palette.comfortable, { density: 'comfortable' }),
    { id: 'fold', text: t.keys.fold, more: '[', run: foldSidebar },
    { id: 'refresh', text: t.palette.retry, run: refreshAll },
    { id: 'keys', text: t.keys.help, more: '?', run: () => openOverlay('keys') },
  ];
}
