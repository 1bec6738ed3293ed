// SPDX-License-Identifier: Apache-2.0
// The frame round every page: navigation, banners, dialogs of the frame, and keys that work everywhere.
import type { ComponentChildren } from 'preact';
import { frameKeys } from '../lib/framekeys';
import { useFrameShortcuts } from '../lib/keys';
import { FRAMELESS } from '../lib/nav';
import { closeOverlay, overlay } from '../lib/overlay';
import type { PageName } from '../lib/route';
import { config } from '../lib/session';
import { t } from '../text';
import { Banners } from './banners';
import { Sidebar } from './sidebar';
import { SignInHost } from './signin';
import { ToastHost } from './toast';
import { Watcher } from './watcher';

export function Layout({ page, children }: { page: PageName; children: ComponentChildren }) {
  useFrameShortcuts(frameKeys);
  const bare = FRAMELESS.includes(page);
  return (
    <>
      {!bare && <SkipLink />}
      <div class={bare ? undefined : 'frame'}>
        {!bare && <Sidebar page={page} />}
        <div class="frame-main">
          <Banners />
          <main id="main" tabIndex={-1}>
            {children}
          </main>
          {!bare && <Footer />}
        </div>
      </div>
      <OverlayHost />
      <SignInHost />
      <ToastHost />
      <Watcher />
    </>
  );
}

function SkipLink() {
  const skip = (event: Event) => {
    // A plain link to #main would be taken for a page's address.
    event.preventDefault();
    document.getElementById('main')?.focus();
  };
  return <a class="skip" href="#main" onClick={skip}>{t.shell.skip}</a>;
}

function OverlayHost() {
  const shown = overlay.value;
  return shown && <shown.View onClose={closeOverlay} />;
}

function Footer() {
  const { versions } = config.value;
  if (versions.length === 0) return null;
  return <footer class="foot">{versions.map(([name, version]) => `${name} ${version}`).join(' · ')}</footer>;
}
