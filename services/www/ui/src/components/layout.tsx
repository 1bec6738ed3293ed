// SPDX-License-Identifier: Apache-2.0
// The frame round every page: header, navigation, the live connection's state, banners.
import type { ComponentChildren } from 'preact';
import { outage } from '../api/client';
import { live, retryNow } from '../live/refresh';
import { NAV, navText } from '../lib/nav';
import type { PageName } from '../lib/route';
import { askToSignIn, config, isAnonymous, signOut } from '../lib/session';
import { t } from '../text';
import { Logo } from './icons';
import { SignInHost } from './signin';
import { tellError, ToastHost } from './toast';

export function Layout({ page, children }: { page: PageName; children: ComponentChildren }) {
  const { title } = config.value;
  const skip = (event: Event) => {
    // A plain link to #main would be taken for a page's address.
    event.preventDefault();
    document.getElementById('main')?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {t.shell.skip}
      </a>
      <header class="top">
        <a class="brand" href="#/">
          <Logo />
          <span>{title || 'Slipway'}</span>
        </a>
        <nav class="nav" aria-label={t.shell.main}>
          {NAV.map((item) => (
            <a key={item.link} href={item.link} aria-current={item.pages.includes(page) ? 'page' : undefined}>
              {navText(item)}
            </a>
          ))}
        </nav>
        <div class="top-end">
          <LiveState />
          <Account />
        </div>
      </header>
      <OutageBanner />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Footer />
      <SignInHost />
      <ToastHost />
    </>
  );
}

const LIVE_TEXT = { connecting: 'connecting', open: 'live', lost: 'reconnecting' } as const;

function LiveState() {
  const status = live.status.value;
  return (
    <span class={`live live-${status}`} role="status" data-testid="live-status" data-status={status}>
      <span class="live-dot" aria-hidden="true" />
      {t.shell[LIVE_TEXT[status]]}
    </span>
  );
}

function Account() {
  const { user } = config.value;
  if (isAnonymous(user)) {
    const open = () => void askToSignIn(t.shell.whySignIn);
    return (
      <button type="button" class="button small" onClick={open} data-testid="signin-open">
        {t.shell.signIn}
      </button>
    );
  }
  return (
    <>
      <a class="user" href="#/account" data-testid="user">{user.full_name ?? user.username}</a>
      <button type="button" class="button small" onClick={() => void signOut().catch(tellError)} data-testid="signout">
        {t.shell.signOut}
      </button>
    </>
  );
}

function OutageBanner() {
  const reason = outage.value;
  if (reason === null) return null;
  return (
    <div class="banner" role="alert" data-testid="outage-banner">
      <span>{t.shell.outage(reason)}</span>
      <button type="button" class="button small" onClick={retryNow}>
        {t.shell.retryNow}
      </button>
    </div>
  );
}

function Footer() {
  const { versions } = config.value;
  if (versions.length === 0) return null;
  return <footer class="foot">{versions.map(([name, version]) => `${name} ${version}`).join(' · ')}</footer>;
}
