// SPDX-License-Identifier: Apache-2.0
// The few icons of the UI, drawn inline; each status has a shape of its own, so that colour is never needed.
import type { ComponentChildren } from 'preact';
import type { Status } from '../lib/results';

const PATHS: Record<Status, ComponentChildren> = {
  success: <path d="m3.5 8.5 3 3 6-7" />,
  warnings: <path d="M8 2.5 14.2 13.2H1.8zM8 6.5v3M8 11.4v.1" />,
  failure: <path d="m4 4 8 8M12 4l-8 8" />,
  skipped: <path d="m3 4 5 4-5 4zM12 4v8" />,
  exception: <path d="M9 1.8 4 9h4l-1 5.2L12 7H8z" />,
  retry: <path d="M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3" />,
  cancelled: <path d="M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M4 12l8-8" />,
  running: <path class="spin" d="M8 2.2a5.8 5.8 0 1 1-5.8 5.8" />,
  pending: <path d="M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M8 5v3.2l2.2 1.5" />,
  unknown: <path d="M4 8h8" />,
};

export function Glyph({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export function StatusIcon({ status }: { status: Status }) {
  return <Glyph>{PATHS[status]}</Glyph>;
}

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" />
      <path class="logo-rail" d="M5 25 27 19" />
      <path class="logo-hull" d="m7 15 18-5-3.2 8.6L9.6 22z" />
    </svg>
  );
}
