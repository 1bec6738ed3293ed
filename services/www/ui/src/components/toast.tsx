// SPDX-License-Identifier: Apache-2.0
// Short answers to what the user has just done; they leave by themselves, errors only when dismissed.
import { signal } from '@preact/signals';
import { t } from '../text';

interface Toast {
  id: number;
  text: string;
  link?: string;
  isError: boolean;
}

const toasts = signal<Toast[]>([]);
const STAYS = 6000;
let lastId = 0;

function add(toast: Omit<Toast, 'id'>): void {
  const id = ++lastId;
  toasts.value = [...toasts.peek(), { ...toast, id }];
  if (!toast.isError) setTimeout(() => dismiss(id), STAYS);
}

function dismiss(id: number): void {
  toasts.value = toasts.peek().filter((toast) => toast.id !== id);
}

export function tell(text: string, link?: string): void {
  add({ text, link, isError: false });
}

export function tellError(error: unknown): void {
  add({ text: error instanceof Error ? error.message : String(error), isError: true });
}

export function ToastHost() {
  const list = toasts.value;
  return (
    <div class="toasts" role="region" aria-label={t.shell.notices} aria-live="polite">
      {list.map((toast) => (
        <div key={toast.id} role={toast.isError ? 'alert' : undefined} class={toast.isError ? 'toast toast-error' : 'toast'} data-testid="toast">
          {toast.link ? <a href={toast.link}>{toast.text}</a> : <span>{toast.text}</span>}
          <button type="button" class="button quiet small" aria-label={t.common.dismiss} onClick={() => dismiss(toast.id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
