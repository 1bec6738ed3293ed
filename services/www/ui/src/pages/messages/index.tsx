// SPDX-License-Identifier: Apache-2.0
// Every message that was or will be sent, and one of them in full.
import type { Notification, NotificationState } from '../../api/records';
import { isUnsettled, MessageDetail, MessageList, useAsking } from '../../components/messages';
import { Await } from '../../components/notice';
import { Trail, useTitle } from '../../components/panel';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import { NotFound } from '../notfound';
import type { PageProps } from '../../lib/pages';
import { FilterBar, type Filter } from '../../components/filterbar';
import { limitOf, More } from '../../components/more';
import { t } from '../../text';

const PAGE = 50;
const STATES: readonly NotificationState[] = ['pending', 'sending', 'sent', 'failed', 'unconfirmed'];

function MessagesPage({ query }: { query: URLSearchParams }) {
  useTitle(t.nav.messages);
  const filters: readonly Filter[] = [
    { name: 'state', label: t.messages.state, choices: STATES, texts: t.messages.states },
    { name: 'recipient', label: t.messages.recipientFilter },
  ];
  const values = Object.fromEntries(filters.map(({ name }) => [name, query.get(name) ?? '']));
  const isFiltered = Object.values(values).some(Boolean);
  const messages = useCollection<Notification>(specs.messages(limitOf(query, PAGE), undefined, values));
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t.nav.messages}</h1>
        <FilterBar link="#/messages" filters={filters} values={values} />
      </header>
      <section class="panel" aria-label={t.nav.messages}>
        <MessageList of={messages} none={isFiltered ? t.messages.noneSuch : t.messages.none} />
      </section>
      <More link="#/messages" query={query} step={PAGE} shown={messages.data?.length ?? 0} />
    </div>
  );
}

function MessagePage({ id }: { id: number }) {
  const message = useOne<Notification>(specs.message(id));
  useTitle(message.data?.subject ?? t.messages.message);
  useAsking(message, message.data ? isUnsettled(message.data) : false);
  if (message.error?.status === 404) return <NotFound what={t.messages.noSuch(id)} />;
  return (
    <div class="page">
      <Trail items={[{ text: t.nav.messages, link: '#/messages' }]} />
      <Await of={message} lines={6}>
        {(m) => (
          <>
            <header class="build-head">
              <h1>{m.subject}</h1>
            </header>
            <MessageDetail message={m} />
          </>
        )}
      </Await>
    </div>
  );
}

export default function Page({ params, query }: PageProps) {
  return params.message ? <MessagePage id={Number(params.message)} /> : <MessagesPage query={query} />;
}
