// SPDX-License-Identifier: Apache-2.0
// Texts of the messages that were sent.
import { countingIn } from '../plural';

const count = countingIn('en');

export const messages = {
  message: 'Message',
  noSuch: (id: number) => `There is no message ${id}.`,
  none: 'No message has been sent yet. Reporters in the configuration say who is told of what.',
  noneSuch: 'No message is like this.',
  noRecord: 'This server keeps no record of messages.',
  state: 'State',
  transport: 'Sent as',
  recipientFilter: 'Recipient',
  states: { pending: 'pending', sending: 'sending', sent: 'sent', failed: 'failed', unconfirmed: 'unconfirmed' },
  to: (recipient: string) => `to ${recipient}`,
  tries: (n: number) => count(n, { one: 'try', other: 'tries' }),
  facts: { state: 'State', to: 'To', build: 'Build', by: 'Sent by', tries: 'Tries', written: 'Written', sent: 'Sent', next: 'Next try' },
  asHtml: 'As HTML',
  asText: 'As text',
  htmlTitle: 'The message as HTML',
  textTitle: 'The message as text',
};
