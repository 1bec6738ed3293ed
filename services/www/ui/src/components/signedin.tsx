// SPDX-License-Identifier: Apache-2.0
// Pages that only somebody who is signed in may see: they ask for that instead of failing.
import type { ComponentChildren } from 'preact';
import { askToSignIn, config, configured, isAnonymous } from '../lib/session';
import { t } from '../text';
import { EmptyState, Loading } from './notice';

export function SignedIn({ why, children }: { why: string; children: ComponentChildren }) {
  if (!isAnonymous(config.value.user)) return <>{children}</>;
  if (!configured.value) return <Loading lines={4} />;
  return (
    <EmptyState title={why}>
      <button type="button" class="button primary" onClick={() => void askToSignIn(why)}>{t.shell.signIn}</button>
    </EmptyState>
  );
}
