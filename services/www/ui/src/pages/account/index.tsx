// SPDX-License-Identifier: Apache-2.0
// Who is signed in, what they may do, their password, and their API tokens.
import { useEffect, useState } from 'preact/hooks';
import { getJson, postJson } from '../../api/client';
import type { Me, Token } from '../../api/records';
import { Await, Empty, ErrorNote } from '../../components/notice';
import { Facts, Panel, useTitle } from '../../components/panel';
import { tell } from '../../components/toast';
import { Ago } from '../../components/time';
import { askToSignIn, config, isAnonymous } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';

export default function AccountPage() {
  useTitle('Account');
  const { user } = config.value;
  const [me, setMe] = useState<Me | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    getJson<Me>('api/v2/me').then(setMe, setError);
  }, [user.username]);
  return (
    <div class="page">
      <header class="page-head">
        <h1>Account</h1>
      </header>
      {error && <ErrorNote error={error} />}
      {isAnonymous(user) ? <Anonymous /> : me && <Known me={me} />}
    </div>
  );
}

function Anonymous() {
  return (
    <Empty>
      Nobody is signed in.{' '}
      <button type="button" class="button small" onClick={() => void askToSignIn('Sign in to see your account.')}>Sign in</button>
    </Empty>
  );
}

const orNone = (texts: readonly string[]) => texts.join(', ') || 'none';

function Known({ me }: { me: Me }) {
  return (
    <>
      <Panel title="Who you are">
        <Facts
          rows={[
            ['User', me.full_name ? `${me.full_name} (${me.username})` : me.username],
            ['Mail', me.email ?? 'none'],
            ['Known by', me.provider ?? '–'],
            ['Groups', orNone(me.groups)],
            ['Roles', orNone(me.roles)],
            ['You may', orNone(me.actions)],
          ]}
        />
        {me.actions.includes('audit') && (
          <p class="more"><a href="#/audit">The audit log: who did what</a></p>
        )}
      </Panel>
      {me.provider === 'local' && <Password />}
      <Tokens />
    </>
  );
}

/** Keeps what an attempt says until the next one. */
function useAttempt() {
  const [error, setError] = useState<Error | null>(null);
  const attempt = async (action: () => Promise<unknown>) => {
    setError(null);
    try {
      await action();
      return true;
    } catch (failure) {
      setError(failure as Error);
      return false;
    }
  };
  return { error, attempt };
}

function Password() {
  const [before, setBefore] = useState('');
  const [after, setAfter] = useState('');
  const { error, attempt } = useAttempt();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!(await attempt(() => postJson('api/v2/me/password', { old: before, new: after })))) return;
    setBefore('');
    setAfter('');
    tell('Password changed; other browsers are signed out.');
  };
  return (
    <Panel title="Password">
      <form class="row-form" onSubmit={submit}>
        <label class="field">
          <span class="field-label">Old password</span>
          <input type="password" autocomplete="current-password" required value={before} onInput={(e) => setBefore(e.currentTarget.value)} />
        </label>
        <label class="field">
          <span class="field-label">New password</span>
          <input type="password" autocomplete="new-password" required value={after} onInput={(e) => setAfter(e.currentTarget.value)} />
        </label>
        <button class="button">Change</button>
      </form>
      {error && <ErrorNote error={error} />}
    </Panel>
  );
}

const ALL = 'all';
const LIFETIMES = [['30', '30 days'], ['90', '90 days'], ['365', 'a year'], ['0', 'for ever']] as const;

function Tokens() {
  const tokens = useCollection<Token>(specs.ownTokens());
  const [made, setMade] = useState<Token | null>(null);
  const revoke = useAttempt();
  const end = async (token: Token) => {
    if (await revoke.attempt(() => postJson(`api/v2/tokens/${token.tokenid}/revoke`, {}))) tokens.reload();
  };
  return (
    <Panel title="API tokens" testid="tokens">
      <NewToken onMade={(token) => { setMade(token); tokens.reload(); }} />
      {made?.token && (
        <p class="note note-token" role="status" data-testid="token-made">
          The token, which is shown only now: <code class="value">{made.token}</code>
        </p>
      )}
      {revoke.error && <ErrorNote error={revoke.error} />}
      <Await of={tokens}>{(list) => (list.length ? <TokenTable tokens={list} onRevoke={end} /> : <Empty>You have no tokens.</Empty>)}</Await>
    </Panel>
  );
}

function NewToken({ onMade }: { onMade: (token: Token) => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState(ALL);
  const [days, setDays] = useState<string>('90');
  const { error, attempt } = useAttempt();
  const submit = async (event: Event) => {
    event.preventDefault();
    const order = { name, scopes: scopes.split(/[\s,]+/).filter(Boolean), expires_in_days: Number(days) };
    await attempt(async () => {
      const { tokens } = await postJson<{ tokens: Token[] }>('api/v2/tokens', order);
      setName('');
      if (tokens[0]) onMade(tokens[0]);
    });
  };
  return (
    <form class="row-form" onSubmit={submit}>
      <label class="field">
        <span class="field-label">What it is for</span>
        <input required maxLength={200} value={name} data-testid="token-name" onInput={(e) => setName(e.currentTarget.value)} />
      </label>
      <label class="field">
        <span class="field-label">Scopes</span>
        <input required value={scopes} aria-describedby="scopes-hint" onInput={(e) => setScopes(e.currentTarget.value)} />
      </label>
      <label class="field">
        <span class="field-label">Valid</span>
        <select value={days} onChange={(e) => setDays(e.currentTarget.value)}>
          {LIFETIMES.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
        </select>
      </label>
      <button class="button" data-testid="token-create">Create</button>
      <p id="scopes-hint" class="hint">all, or some of read, force, rebuild, stop …</p>
      {error && <ErrorNote error={error} />}
    </form>
  );
}

function TokenTable({ tokens, onRevoke }: { tokens: readonly Token[]; onRevoke: (token: Token) => void }) {
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr><th>For</th><th>Begins with</th><th>Scopes</th><th>Made</th><th>Ends</th><th>Last used</th><th><span class="sr-only">Actions</span></th></tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.tokenid} data-testid="token-row">
              <td class="grow clip">{token.name}</td>
              <td><code>{token.hint}…</code></td>
              <td>{token.scopes.join(', ')}</td>
              <td><Ago at={token.created_at} /></td>
              <td>{token.expires_at === null ? 'never' : <Ago at={token.expires_at} />}</td>
              <td>{token.last_used_at === null ? 'never' : <><Ago at={token.last_used_at} /> from {token.last_used_from ?? '?'}</>}</td>
              <td>
                {token.revoked_at === null ? (
                  <button type="button" class="button small" onClick={() => onRevoke(token)} data-testid="token-revoke">Revoke</button>
                ) : (
                  <span class="muted">revoked</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
