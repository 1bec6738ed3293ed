// SPDX-License-Identifier: Apache-2.0
// The page's building blocks: titled panels, the trail above a title, rows of facts, tabs.
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { pageTitle } from '../lib/title';
import { t } from '../text';

export function useTitle(title: string): void {
  useEffect(() => {
    pageTitle.value = title;
  }, [title]);
}

interface PanelProps {
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
  testid?: string;
}

export function Panel({ title, aside, children, testid }: PanelProps) {
  return (
    <section class="panel" aria-label={title} data-testid={testid}>
      <header class="panel-head">
        <h2>{title}</h2>
        {aside && <span class="panel-aside">{aside}</span>}
      </header>
      {children}
    </section>
  );
}

export function Trail({ items }: { items: readonly { text: string; link: string }[] }) {
  return (
    <nav class="trail" aria-label={t.shell.trail}>
      {items.map((item) => (
        <a key={item.link} href={item.link}>
          {item.text}
        </a>
      ))}
    </nav>
  );
}

export function Facts({ rows }: { rows: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface Tab {
  id: string;
  text: string;
  link: string;
}

/** Tabs are links, so that each has an address and the browser's back works. */
export function Tabs({ tabs, current, label }: { tabs: readonly Tab[]; current: string; label: string }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a key={tab.id} href={tab.link} aria-current={tab.id === current ? 'page' : undefined} data-testid={`tab-${tab.id}`}>
          {tab.text}
        </a>
      ))}
    </nav>
  );
}
