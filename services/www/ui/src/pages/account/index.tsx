// SPDX-License-Identifier: Apache-2.0
// Who is signed in, what they may do, their password, and their API tokens.
import { useEffect, useState } from 'preact/hooks';
import { getJson, postJson } from '../../api/client';
import type { Me, Token } from '../../api/records';
import { Confirm } from '../../components/dialog';
import { Await, Empty, ErrorNote, Loading } from '../../components/notice';
import { Facts, Panel, useTitle } from '../../components/panel';
import { SignedIn } from '../../components/signedin';
import { tell, tellError } from '../../components/toast';
import { Ago } from '../../components/time';
import { config } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';

export default function AccountPage() {
  useTitle(t.nav.account);
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t.nav.account}</h1>
      </header>
      <SignedIn why={t.account.why}><Own /></SignedIn>
    </div>
  );
}

function Own() {
  const { user } = config.value;
  const [me, setMe] = useState<Me | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    getJson<Me>('api/v2/me').then(setMe, setError);
  }, [user.username]);
  if (error) return <ErrorNote error={error} />;
  return me ? <Known me={me} /> : <Loading lines={5} />;
}

const orNone = (texts: readonly string[]) => texts.join(', ') || t.account.none;

function Known({ me }: { me: Me }) {
  return (
    <>
      <Panel title={t.account.whoYouAre}>
        <Facts
          rows={[
            [t.account.user, me.full_name ? `${me.full_name} (${me.username})` : me.username],
            [t.account.mail, me.email ?? t.account.none],
            [t.account.knownBy, me.provider ?? '–'],
            [t.account.groups, orNone(me.groups)],
            [t.account.roles, orNone(me.roles)],
            [t.account.mayDo, orNone(me.actions)],
          ]}
        />
        {me.actions.includes('audit') && (
          <p class="more"><a href="#/audit">{t.account.auditLink}</a></p>
        )}
      </Panel>
      {me.provider === 'local' && <Password />}
      <Tokens />
    </>
  );
}

function Copy({ text }: { text: string }) {
  const copy = () => void navigator.clipboard.writeText(text).then(() => tell(t.account.copied), tellError);
  // Pages that came without TLS may not write to the clipboard.
  return window.isSecureContext ? <button type="button" class="button small" onClick={copy}>{t.account.copy}</button> : null;
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
    tell(t.account.changed);
  };
  return (
    <Panel title={t.account.password}>
      <form class="row-form" onSubmit={submit}>
        <label class="field">
          <span class="field-label">{t.account.oldPassword}</span>
          <input type="password" autocomplete="current-password" required value={before} onInput={(e) => setBefore(e.currentTarget.value)} />
        </label>
        <label class="field">
          <span class="field-label">{t.account.newPassword}</span>
          <input type="password" autocomplete="new-password" required value={after} onInput={(e) => setAfter(e.currentTarget.value)} />
        </label>
        <button class="button">{t.account.change}</button>
      </form>
      {error && <ErrorNote error={error} />}
    </Panel>
  );
}

const ALL = 'all';
/** In days; 0 is for ever. */
const LIFETIMES = [30, 90, 365, 0] as const;

function Tokens() {
  const tokens = useCollection<Token>(specs.ownTokens());
  const [made, setMade] = useState<Token | null>(null);
  const [ending, setEnding] = useState<Token | null>(null);
  const end = async (token: Token) => {
    await postJson(`api/v2/tokens/${token.tokenid}/revoke`, {});
    tokens.reload();
  };
  return (
    <Panel title={t.account.tokens} testid="tokens">
      <NewToken onMade={(token) => { setMade(token); tokens.reload(); }} />
      {made?.token && (
        <p class="note note-token" role="status" data-testid="token-made">
          {t.account.shownOnce} <code class="value">{made.token}</code> <Copy text={made.token} />
        </p>
      )}
      <Await of={tokens}>{(list) => (list.length ? <TokenTable tokens={list} onRevoke={setEnding} /> : <Empty>{t.account.noTokens}</Empty>)}</Await>
      {ending && (
        <Confirm
          title={t.account.revokeTitle(ending.name)} text={t.account.revokeText} action={t.account.revoke} danger
          onConfirm={() => end(ending)} onClose={() => setEnding(null)}
        />
      )}
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
        <span class="field-label">{t.account.whatFor}</span>
        <input required maxLength={200} value={name} data-testid="token-name" onInput={(e) => setName(e.currentTarget.value)} />
      </label>
      <label class="field">
        <span class="field-label">{t.account.scopes}</span>
        <input required value={scopes} aria-describedby="scopes-hint" onInput={(e) => setScopes(e.currentTarget.value)} />
      </label>
      <label class="field">
        <span class="field-label">{t.account.valid}</span>
        <select value={days} onChange={(e) => setDays(e.currentTarget.value)}>
          {LIFETIMES.map((n) => <option key={n} value={n}>{t.account.days(n)}</option>)}
        </select>
      </label>
      <button class="button" data-testid="token-create">{t.account.create}</button>
      <p id="scopes-hint" class="hint">{t.account.scopesHint}</p>
      {error && <ErrorNote error={error} />}
    </form>
  );
}

const COLUMNS = ['name', 'hint', 'scopes', 'made', 'ends', 'used'] as const;

function TokenTable({ tokens, onRevoke }: { tokens: readonly Token[]; onRevoke: (token: Token) => void }) {
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>{COLUMNS.map((name) => <th key={name}>{t.account.columns[name]}</th>)}<th><span class="sr-only">{t.account.columns.actions}</span></th></tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.tokenid} data-testid="token-row">
              <td class="grow clip">{token.name}</td>
              <td><code>{token.hint}…</code></td>
              <td>{token.scopes.join(', ')}</td>
              <td><Ago at={token.created_at} /></td>
              <td>{token.expires_at === null ? t.account.neverEnds : <Ago at={token.expires_at} />}</td>
              <td>{token.last_used_at === null ? t.account.never : <><Ago at={token.last_used_at} /> {t.account.usedFrom(token.last_used_from ?? '?')}</>}</td>
              <td>
                {token.revoked_at === null ? (
                  <button type="button" class="button small" onClick={() => onRevoke(token)} data-testid="token-revoke">{t.account.revoke}</button>
                ) : (
                  <span class="muted">{t.account.revoked}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
