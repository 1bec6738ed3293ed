// SPDX-License-Identifier: Apache-2.0
// Whether the window is too narrow for the navigation at its side, as the style sheet has it (60rem).
import { signal } from '@preact/signals';

export const narrow = signal(false);

export function watchWidth(): void {
  const query = matchMedia('(max-width: 60rem)');
  const read = () => (narrow.value = query.matches);
  query.addEventListener('change', read);
  read();
}
