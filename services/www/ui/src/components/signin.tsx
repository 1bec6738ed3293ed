// SPDX-License-Identifier: Apache-2.0
// Asks who somebody is, either from the header or because an action needs it: a provider, a password or the admin token.
import { useState } from 'preact/hooks';
import { ApiError, pageUrl } from '../api/client';
import type { Provider } from '../api/records';
import { config, prompt, signIn, type Credentials } from '../lib/session';
import { Dialog } from './dialog';
import { t } from '../text';
import { Rich } from './notice';

export function SignInHost() {
  const question = prompt.value;
  if (!question) return null;
  return <SignIn key={question.reason} reason={question.reason} answer={question.answer} />;
}

const WAYS = ['token', 'password'] as const;
type Way = (typeof WAYS)[number];

const REMEMBERED = 'sign-in';

/** The way taken last; without one the token, which is all that there is after the first start. */
function firstWay(): Way {
  return localStorage.getItem(REMEMBERED) === 'password' ? 'password' : 'token';
}

function refusal(failure: unknown, way: Way): string {
  const wrong = failure instanceof ApiError && failure.denied;
  if (wrong) return way === 'token' ? t.signin.wrongToken : t.signin.wrongPassword;
  return (failure as Error).message;
}

function SignIn({ reason, answer }: { reason: string; answer: (signedIn: boolean) => void }) {
  const providers = config.value.auth?.providers ?? [];
  const [way, setWay] = useState<Way>(firstWay);
  const choose = (chosen: Way) => {
    localStorage.setItem(REMEMBERED, chosen);
    setWay(chosen);
  };
  return (
    <Dialog title={t.signin.title} onClose={() => answer(false)} testid="signin-dialog">
      <p>{reason}</p>
      {providers.length > 0 && <Providers providers={providers} />}
      <fieldset class="ways">
        <legend class="sr-only">{t.signin.how}</legend>
        {WAYS.map((each) => (
          <label key={each}>
            <input type="radio" name="way" checked={way === each} data-testid={`way-${each}`} onChange={() => choose(each)} /> {t.signin.ways[each]}
          </label>
        ))}
      </fieldset>
      <Credential key={way} way={way} answer={answer} />
    </Dialog>
  );
}

/** Leaves the page; the provider sends the browser back to where it was. */
function Providers({ providers }: { providers: readonly Provider[] }) {
  const redirect = encodeURIComponent(location.hash.replace(/^#/, '') || '/');
  return (
    <ul class="providers">
      {providers.map(({ name, title }) => (
        <li key={name}>
          <a class="button primary" href={pageUrl(`auth/login?provider=${encodeURIComponent(name)}&redirect=${redirect}`)} data-testid={`provider-${name}`}>
            {t.signin.with(title)}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Credential({ way, answer }: { way: Way; answer: (signedIn: boolean) => void }) {
  const [token, setToken] = useState('');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const complete = way === 'token' ? token.trim() !== '' : username.trim() !== '' && password !== '';
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    const credentials: Credentials = way === 'token' ? { token: token.trim() } : { username: username.trim(), password };
    try {
      await signIn(credentials);
      answer(true);
    } catch (failure) {
      setError(refusal(failure, way));
      setBusy(false);
    }
  };
  const shared = { required: true, 'aria-invalid': error !== '', 'aria-describedby': 'signin-error' };
  return (
    <form onSubmit={submit}>
      {way === 'token' ? (
        <label class="field">
          <span class="field-label">{t.signin.token}</span>
          <input {...shared} type="password" name="token" autocomplete="current-password" value={token} data-testid="token-input" onInput={(e) => setToken(e.currentTarget.value)} />
        </label>
      ) : (
        <>
          <label class="field">
            <span class="field-label">{t.signin.user}</span>
            <input {...shared} name="username" autocomplete="username" value={username} data-testid="username-input" onInput={(e) => setUsername(e.currentTarget.value)} />
          </label>
          <label class="field">
            <span class="field-label">{t.signin.password}</span>
            <input {...shared} type="password" name="password" autocomplete="current-password" value={password} data-testid="password-input" onInput={(e) => setPassword(e.currentTarget.value)} />
          </label>
        </>
      )}
      <p id="signin-error" class="field-error" role="alert">{error}</p>
      <p class="hint"><Rich text={way === 'token' ? t.signin.tokenHint : t.signin.passwordHint} /></p>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={() => answer(false)}>
          {t.signin.cancel}
        </button>
        <button class="button primary" disabled={busy || !complete} data-testid="signin-button">
          {busy ? t.signin.busy : t.signin.submit}
        </button>
      </footer>
    </form>
  );
}
