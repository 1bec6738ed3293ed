// SPDX-License-Identifier: Apache-2.0
// Messages that were or will be sent: as a list, and one of them with its body.
import { useEffect } from 'preact/hooks';
import type { Notification, NotificationState } from '../api/records';
import type { Status } from '../lib/results';
import { href } from '../lib/route';
import type { Loaded } from '../live/hooks';
import { Await, Empty, ErrorNote } from './notice';
import { Facts } from './panel';
import { StatusBadge } from './status';
import { Ago } from './time';
import { t } from '../text';

const SHOWN_AS: Record<NotificationState, Status> = {
  pending: 'pending',
  sending: 'running',
  sent: 'success',
  failed: 'failure',
  unconfirmed: 'warnings',
};

/** Messages have no events on every server, so that they are asked for: often while one is under way. */
const WHILE_UNSETTLED = 3000;
const ELSE = 10_000;

export function useAsking(list: Loaded<unknown>, unsettled: boolean): void {
  useEffect(() => {
    const ask = () => {
      if (!document.hidden) list.reload();
    };
    const timer = setInterval(ask, unsettled ? WHILE_UNSETTLED : ELSE);
    return () => clearInterval(timer);
  }, [unsettled, list.reload]);
}

export function isUnsettled(message: Notification): boolean {
  return message.state === 'pending' || message.state === 'sending';
}

export function MessageState({ message }: { message: Notification }) {
  return <StatusBadge status={SHOWN_AS[message.state] ?? 'unknown'} text={t.messages.states[message.state] ?? message.state} testid="message-state" />;
}

export function MessageList({ of, none }: { of: Loaded<Notification[]>; none: string }) {
  useAsking(of, of.data?.some(isUnsettled) ?? false);
  // A server without this addition (Buildbot itself) has no messages; that is no failure.
  if (of.error?.status === 404) return <Empty>{t.messages.noRecord}</Empty>;
  return (
    <Await of={of}>
      {(list) =>
        list.length === 0 ? (
          <Empty>{none}</Empty>
        ) : (
          <ul class="messages">
            {list.map((message) => (
              <MessageRow key={message.notificationid} message={message} />
            ))}
          </ul>
        )
      }
    </Await>
  );
}

function MessageRow({ message }: { message: Notification }) {
  return (
    <li class="message" data-testid="message-row" data-state={message.state}>
      <MessageState message={message} />
      <span class="message-what">
        <a class="strong" href={href('messages', message.notificationid)}>{message.subject}</a>
        <span class="muted">
          {t.messages.to(message.recipient)}
          {message.attempts > 1 && ` · ${t.messages.tries(message.attempts)}`}
        </span>
        {message.error && message.state !== 'sent' && <span class="message-error">{message.error}</span>}
      </span>
      <span class="message-when"><Ago at={message.sent_at ?? message.created_at} /></span>
    </li>
  );
}

export function MessageDetail({ message }: { message: Notification }) {
  return (
    <>
      {message.error && <ErrorNote error={new Error(message.error)} />}
      <Facts rows={facts(message)} />
      {message.body_html && (
        <section aria-label={t.messages.htmlTitle}>
          <h2 class="section">{t.messages.asHtml}</h2>
          <iframe
            class="mail"
            sandbox=""
            title={t.messages.htmlTitle}
            srcdoc={lockedDown(message.body_html)}
            data-testid="message-html"
          />
        </section>
      )}
      <section aria-label={t.messages.textTitle}>
        <h2 class="section">{t.messages.asText}</h2>
        <pre class="mail-text" data-testid="message-text">{message.body_text ?? ''}</pre>
      </section>
    </>
  );
}

function facts(message: Notification): [string, preact.ComponentChildren][] {
  const f = t.messages.facts;
  const rows: [string, preact.ComponentChildren][] = [
    [f.state, <MessageState message={message} />],
    [f.to, message.recipient],
    [f.build, buildLink(message)],
    [f.by, `${message.notifier} (${message.transport})`],
    [f.tries, String(message.attempts)],
    [f.written, <Ago at={message.created_at} />],
  ];
  if (message.sent_at) rows.push([f.sent, <Ago at={message.sent_at} />]);
  if (isUnsettled(message) && message.next_try_at) rows.push([f.next, <Ago at={message.next_try_at} />]);
  return rows;
}

function buildLink(message: Notification) {
  if (!message.builderid || !message.number) return '–';
  return <a href={href('builders', message.builderid, 'builds', message.number)}>#{message.number}</a>;
}

/** Besides the sandbox: nothing is fetched from elsewhere, so that opening a mail here tells nobody. It fits a phone, too. */
export function lockedDown(html: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="color-scheme" content="light">`;
  const fit = '<style>body { overflow-wrap: break-word } td + td { overflow-wrap: anywhere }</style>';
  return meta + fit + html;
}
