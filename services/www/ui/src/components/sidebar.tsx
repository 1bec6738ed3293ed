// SPDX-License-Identifier: Apache-2.0
// The navigation: at the side of a wide window, behind a button on a narrow one.
import { useEffect, useState } from 'preact/hooks';
import { NAV_GROUPS, navText, rowsOf, type NavGroup, type NavItem } from '../lib/nav';
import { narrow } from '../lib/narrow';
import { openOverlay } from '../lib/overlay';
import { location } from '../lib/router';
import type { PageName } from '../lib/route';
import { config } from '../lib/session';
import { foldSidebar, settings } from '../lib/settings';
import { t } from '../text';
import { Account } from './account';
import { Sheet } from './dialog';
import { Glyph, Logo } from './icons';
import { LiveState } from './livestate';

export function Sidebar({ page }: { page: PageName }) {
  return (
    <header class="side">
      <a class="brand" href="#/" title={t.nav.home}>
        <Logo />
        <span>{config.value.title || 'Slipway'}</span>
      </a>
      {narrow.value ? <Narrow page={page} /> : <Wide page={page} />}
    </header>
  );
}

function Wide({ page }: { page: PageName }) {
  return (
    <>
      <Finder />
      <nav class="side-scroll" aria-label={t.shell.main}>
        {NAV_GROUPS.filter((group) => group !== 'own').map((group) => (
          <Group key={group} group={group} page={page} />
        ))}
      </nav>
      <div class="side-end">
        {rowsOf('own').map((item) => <Item key={item.link} item={item} page={page} />)}
        <Fold />
        <Account />
        <LiveState />
      </div>
    </>
  );
}

function Group({ group, page }: { group: NavGroup; page: PageName }) {
  const rows = rowsOf(group);
  if (rows.length === 0) return null;
  return (
    <div class="nav-group" role="group" aria-label={t.nav.groups[group]}>
      <span class="nav-group-name" aria-hidden="true">{t.nav.groups[group]}</span>
      {rows.map((item) => <Item key={item.link} item={item} page={page} />)}
    </div>
  );
}

function Item({ item, page }: { item: NavItem; page: PageName }) {
  const text = navText(item);
  return (
    <a class="nav-item" href={item.link} title={text} aria-label={text} aria-current={item.pages.includes(page) ? 'page' : undefined}>
      <Glyph><path d={item.icon} /></Glyph>
      <span class="nav-text">{text}</span>
    </a>
  );
}

const SEARCH_ICON = 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M10.4 10.4l3.4 3.4';

function Finder() {
  return (
    <button type="button" class="finder" onClick={() => openOverlay('palette')} aria-keyshortcuts="Control+K" title={t.shell.find} data-testid="palette-open">
      <Glyph><path d={SEARCH_ICON} /></Glyph>
      <span class="finder-text">{t.shell.find}</span>
      <kbd aria-hidden="true">Ctrl K</kbd>
    </button>
  );
}

function Fold() {
  const slim = settings.value.sidebar === 'slim';
  const text = slim ? t.shell.unfold : t.shell.fold;
  return (
    <button type="button" class="nav-item" title={text} aria-label={text} onClick={foldSidebar} data-testid="sidebar-fold">
      <Glyph><path d={slim ? 'M2.5 3h11v10h-11zM6 3v10M9 6l2 2-2 2' : 'M2.5 3h11v10h-11zM6 3v10M11 6 9 8l2 2'} /></Glyph>
      <span class="nav-text">{text}</span>
    </button>
  );
}


function Narrow({ page }: { page: PageName }) {
  const [isOpen, setOpen] = useState(false);
  const where = location.value;
  useEffect(() => setOpen(false), [where]);
  return (
    <>
      <div class="side-end">
        <LiveState />
        <button type="button" class="icon-button" aria-label={t.shell.find} onClick={() => openOverlay('palette')} data-testid="palette-open">
          <Glyph><path d={SEARCH_ICON} /></Glyph>
        </button>
        <button type="button" class="icon-button" aria-label={t.shell.menu} aria-haspopup="dialog" onClick={() => setOpen(true)} data-testid="menu-open">
          <Glyph><path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" /></Glyph>
        </button>
      </div>
      {isOpen && (
        <Sheet title={t.shell.menu} onClose={() => setOpen(false)} testid="menu">
          <nav class="sheet-nav" aria-label={t.shell.main}>
            {NAV_GROUPS.map((group) => <Group key={group} group={group} page={page} />)}
          </nav>
          <Account />
        </Sheet>
      )}
    </>
  );
}
