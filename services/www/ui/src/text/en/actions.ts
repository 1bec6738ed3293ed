// SPDX-License-Identifier: Apache-2.0
// What can be done to builds and requests, as buttons, questions and answers.
import { countingIn } from '../plural';

const count = countingIn('en');

export const actions = {
  requested: (n: number) => (n === 1 ? 'Build requested.' : `${n} builds requested.`),
  stopping: 'Stopping a build',
  stops: 'Stopping the build…',
  stop: 'Stop',
  stopTitle: (number: number) => `Stop build #${number}?`,
  stopText: 'The running step is ended and the build becomes cancelled.',
  stopAction: 'Stop the build',
  rebuilding: 'Rebuilding',
  rebuild: 'Rebuild',
  rebuildTitle: (number: number) => `Rebuild #${number}?`,
  rebuildText: 'A new build is requested with the same source and properties.',
  pinning: 'Pinning a build',
  unpinning: 'Unpinning a build',
  pinned: (number: number) => `Build #${number} is kept.`,
  unpinned: (number: number) => `Build #${number} may be removed when it is old.`,
  pin: 'Pin',
  unpin: 'Unpin',
  pinHint: 'Retention keeps pinned builds',
  cancelling: 'Cancelling a request',
  cancelled: (id: number) => `Request ${id} cancelled.`,
  cancel: 'Cancel',
  forcing: 'Forcing a build',
  force: 'Start build',
  forceBusy: 'Requesting…',
  required: '(required)',
  columns: { builder: 'Builder', build: 'Build', result: 'Result', source: 'Source', state: 'State', duration: 'Duration', started: 'Started' },
  builder: (id: number) => `builder ${id}`,
  likelyStart: 'Likely to begin',
  likelyEnd: 'and to end',
  basedOn: (n: number) => `by ${count(n, { one: 'earlier build', other: 'earlier builds' })}`,
};
