// SPDX-License-Identifier: Apache-2.0
// Who is signed in, and how to become somebody else.
import { askToSignIn, config, isAnonymous, signOut } from '../lib/session';
import { t } from '../text';
import { tellError } from './toast';

export function Account() {
  const { user } = config.value;
  if (isAnonymous(user)) {
    const open = () => void askToSignIn(t.shell.whySignIn);
    return (
      <div class="account">
        <button type="button" class="button" onClick={open} data-testid="signin-open">
          {t.shell.signIn}
        </button>
      </div>
    );
  }
  const name = user.full_name ?? user.username;
  return (
    <div class="account">
      <a class="user" href="#/account" title={name} data-testid="user">{name}</a>
      <button type="button" class="button small" onClick={() => void signOut().catch(tellError)} data-testid="signout">
        {t.shell.signOut}
      </button>
    </div>
  );
}
