// SPDX-License-Identifier: Apache-2.0
// Asks for the admin token, either from the header or because an action needs it.
import { useState } from 'preact/hooks';
import { ApiError } from '../api/client';
import { prompt, signIn } from '../lib/session';
import { useStore } from '../lib/store';
import { Dialog } from './dialog';

export function SignInHost() {
  const question = useStore(prompt);
  if (!question) return null;
  return <SignIn key={question.reason} reason={question.reason} answer={question.answer} />;
}

function SignIn({ reason, answer }: { reason: string; answer: (signedIn: boolean) => void }) {
  const [token, setToken] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      await signIn(token.trim());
      answer(true);
    } catch (failure) {
      const denied = failure instanceof ApiError && failure.denied;
      setError(denied ? 'This is not the admin token.' : (failure as Error).message);
      setBusy(false);
    }
  };
  return (
    <Dialog title="Sign in" onClose={() => answer(false)} testid="signin-dialog">
      <form onSubmit={submit}>
        <p>{reason}</p>
        <label class="field">
          <span class="field-label">Admin token</span>
          <input
            type="password"
            name="token"
            autocomplete="current-password"
            required
            value={token}
            aria-invalid={error !== ''}
            aria-describedby="signin-error"
            data-testid="token-input"
            onInput={(e) => setToken(e.currentTarget.value)}
          />
        </label>
        <p id="signin-error" class="field-error" role="alert">{error}</p>
        <p class="hint">
          <code>slipway up</code> prints the token at its first start and keeps it in <code>admin.token</code> in its
          state folder.
        </p>
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={() => answer(false)}>
            Cancel
          </button>
          <button class="button primary" disabled={busy || token.trim() === ''} data-testid="signin-button">
            {busy ? 'Signing in…' : 'Sign in'}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
