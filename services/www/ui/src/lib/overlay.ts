// SPDX-License-Identifier: Apache-2.0
// What lies over the page at the user's wish: the palette, the list of keys. Both are fetched when first wanted.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';

export type OverlayName = 'palette' | 'keys';

const LOADERS: Record<OverlayName, () => Promise<{ default: ComponentType<{ onClose: () => void }> }>> = {
  palette: () => import('../components/palette'),
  keys: () => import('../components/keyhelp'),
};

export const overlay = signal<{ name: OverlayName; View: ComponentType<{ onClose: () => void }> } | null>(null);

export function openOverlay(name: OverlayName): void {
  // Without it the page works as before; the next press tries again.
  void LOADERS[name]().then(({ default: View }) => (overlay.value = { name, View }), () => undefined);
}

/** Fetched early, so that what is typed after Ctrl+K goes to its field. */
export function loadOverlays(): void {
  for (const load of Object.values(LOADERS)) load().catch(() => undefined);
}

export function closeOverlay(): void {
  overlay.value = null;
}
