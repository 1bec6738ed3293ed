// SPDX-License-Identifier: Apache-2.0
// Every message that was or will be sent, and one of them in full.
import { useState } from 'preact/hooks';
import type { Notification } from '../../api/records';
import { isUnsettled, MessageDetail, MessageList, useAsking } from '../../components/messages';
import { Await } from '../../components/notice';
import { Trail, useTitle } from '../../components/panel';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import { NotFound } from '../notfound';
import type { PageProps } from '../../lib/pages';

const PAGE = 50;

function MessagesPage() {
  useTitle('Messages');
  const [limit, setLimit] = useState(PAGE);
  const messages = useCollection<Notification>(specs.messages(limit));
  return (
    <div class="page">
      <header class="page-head">
        <h1>Messages</h1>
      </header>
      <section class="panel" aria-label="Messages">
        <MessageList of={messages} none="No message has been sent yet." />
      </section>
      {(messages.data?.length ?? 0) >= limit && (
        <p class="more">
          <button type="button" class="button" onClick={() => setLimit(limit + PAGE)}>Show more</button>
        </p>
      )}
    </div>
  );
}

function MessagePage({ id }: { id: number }) {
  const message = useOne<Notification>(specs.message(id));
  useTitle(message.data?.subject ?? 'Message');
  useAsking(message, message.data ? isUnsettled(message.data) : false);
  if (message.error?.status === 404) return <NotFound what={`There is no message ${id}.`} />;
  return (
    <div class="page">
      <Trail items={[{ text: 'Messages', link: '#/messages' }]} />
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

export default function Page({ params }: PageProps) {
  return params.message ? <MessagePage id={Number(params.message)} /> : <MessagesPage />;
}
