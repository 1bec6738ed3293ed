// SPDX-License-Identifier: Apache-2.0
// The frame round every page: header, navigation, the live connection's state, banners.
import type { ComponentChildren } from 'preact';
import { outage } from '../api/client';
import { live, retryNow } from '../live/refresh';
import type { PageName } from '../lib/route';
import { askToSignIn, config, isAnonymous, signOut } from '../lib/session';
import { useStore } from '../lib/store';
import { Logo } from './icons';
import { SignInHost } from './signin';
import { tellError, ToastHost } from './toast';

const NAV: readonly { link: string; text: string; pages: readonly PageName[] }[] = [
  { link: '#/', text: 'Home', pages: ['home'] },
  { link: '#/builders', text: 'Builders', pages: ['builders', 'builder', 'force', 'build', 'log', 'request'] },
  { link: '#/workers', text: 'Workers', pages: ['workers', 'worker'] },
  { link: '#/messages', text: 'Messages', pages: ['messages', 'message'] },
  { link: '#/deliveries', text: 'Deliveries', pages: ['deliveries', 'delivery'] },
];

export function Layout({ page, children }: { page: PageName; children: ComponentChildren }) {
  const { title } = useStore(config);
  const skip = (event: Event) => {
    // A plain link to #main would be taken for a page's address.
    event.preventDefault();
    document.getElementById('main')?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="#/">
          <Logo />
          <span>{title || 'Slipway'}</span>
        </a>
        <nav class="nav" aria-label="Main">
          {NAV.map((item) => (
            <a key={item.link} href={item.link} aria-current={item.pages.includes(page) ? 'page' : undefined}>
              {item.text}
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

const LIVE_TEXT = { connecting: 'Connecting…', open: 'Live', lost: 'Reconnecting…' } as const;

function LiveState() {
  const status = useStore(live.status);
  return (
    <span class={`live live-${status}`} role="status" data-testid="live-status" data-status={status}>
      <span class="live-dot" aria-hidden="true" />
      {LIVE_TEXT[status]}
    </span>
  );
}

function Account() {
  const { user } = useStore(config);
  if (isAnonymous(user)) {
    const open = () => void askToSignIn('Once signed in you can do what your roles allow.');
    return (
      <button type="button" class="button small" onClick={open} data-testid="signin-open">
        Sign in
      </button>
    );
  }
  return (
    <>
      <a class="user" href="#/account" data-testid="user">{user.full_name ?? user.username}</a>
      <button type="button" class="button small" onClick={() => void signOut().catch(tellError)} data-testid="signout">
        Sign out
      </button>
    </>
  );
}

function OutageBanner() {
  const reason = useStore(outage);
  if (reason === null) return null;
  return (
    <div class="banner" role="alert" data-testid="outage-banner">
      <span>{reason} What you see may be out of date; trying again every few seconds.</span>
      <button type="button" class="button small" onClick={retryNow}>
        Retry now
      </button>
    </div>
  );
}

function Footer() {
  const { versions } = useStore(config);
  if (versions.length === 0) return null;
  return <footer class="foot">{versions.map(([name, version]) => `${name} ${version}`).join(' · ')}</footer>;
}
