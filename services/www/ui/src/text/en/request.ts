// SPDX-License-Identifier: Apache-2.0
// Texts of the page of one request.

export const request = {
  title: (id: number) => `Request ${id}`,
  noSuch: (id: number) => `There is no request ${id}.`,
  unnamed: (builderid: number) => `builder ${builderid}`,
  waiting: 'waiting',
  builder: 'Builder',
  priority: 'Priority',
  requested: 'Requested',
  opensHere: 'The build opens here as soon as a worker takes it.',
  superseded: 'Skipped, superseded by',
  other: (id: number) => `request ${id}`,
};
