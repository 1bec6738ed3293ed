// SPDX-License-Identifier: Apache-2.0
// What stands in a panel's place when there is nothing to show (yet): loading, empty, failed.
import { Component, type ComponentChildren } from 'preact';
import type { ApiError } from '../api/client';
import { sentence } from '../lib/format';
import type { Loaded } from '../live/hooks';
import { t } from '../text';

export function Loading({ lines = 3 }: { lines?: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="sr-only">{t.common.loading}</span>
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} class="skeleton-line" />
      ))}
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** Where a whole page has nothing to show: what it would show, and the step that brings something here. */
export function EmptyState({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty-state" data-testid="empty-state">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** A text in which `backquotes` enclose what a machine reads. */
export function Rich({ text }: { text: string }) {
  return <>{text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}</>;
}

export function ErrorNote({ error, retry }: { error: ApiError | Error; retry?: () => void }) {
  return (
    <div class="note note-error" role="alert" data-testid="error-note">
      <span>{sentence(error.message)}</span>
      {retry && (
        <button type="button" class="button small" onClick={retry}>
          {t.common.tryAgain}
        </button>
      )}
    </div>
  );
}

/** The usual three cases before the fourth: the data. Data that was there stays while a later fetch fails. */
export function Await<T>({ of, lines, children }: { of: Loaded<T>; lines?: number; children: (data: T) => ComponentChildren }) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <ErrorNote error={of.error} retry={of.reload} />;
  return <Loading lines={lines} />;
}

/** Keeps one broken page from taking the navigation with it. Give it the address as its key. */
export class Guard extends Component<{ children: ComponentChildren }, { error: Error | null }> {
  override state = { error: null };

  override componentDidCatch(error: Error): void {
    console.error(error);
    this.setState({ error });
  }

  render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div class="page">
        <h1>{t.shell.notDrawn}</h1>
        <ErrorNote error={error} retry={() => this.setState({ error: null })} />
      </div>
    );
  }
}
