// SPDX-License-Identifier: Apache-2.0
// What is said above every page: the server does not answer, the session has ended, answers are slow.
import { outage, waitingFor } from '../api/client';
import { askToSignIn, signInWanted } from '../lib/session';
import { retryNow } from '../live/refresh';
import { t } from '../text';

export function Banners() {
  return (
    <>
      <Outage />
      <SignInWanted />
      <Slow />
    </>
  );
}

function Outage() {
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

/** The page below stays as it was. */
function SignInWanted() {
  const wanted = signInWanted.value;
  if (wanted === null) return null;
  const text = wanted === 'ended' ? t.shell.sessionEnded : t.shell.onlyUsers;
  return (
    <div class="banner banner-ask" role="alert" data-testid="session-banner" data-why={wanted}>
      <span>{text}</span>
      <button type="button" class="button small primary" onClick={() => void askToSignIn(text)} data-testid="session-signin">{t.shell.signIn}</button>
      <button type="button" class="button small quiet" onClick={() => (signInWanted.value = null)}>{t.common.dismiss}</button>
    </div>
  );
}

/** A line that only comes into sight when an answer takes long; the style sheet waits. */
function Slow() {
  return waitingFor.value > 0 ? <div class="slow" aria-hidden="true" data-testid="slow" /> : null;
}
