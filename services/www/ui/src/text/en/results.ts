// SPDX-License-Identifier: Apache-2.0
// The names of results and states.

export const results = {
  success: 'success',
  warnings: 'warnings',
  failure: 'failure',
  skipped: 'skipped',
  exception: 'exception',
  retry: 'retry',
  cancelled: 'cancelled',
  running: 'running',
  pending: 'pending',
  unknown: 'unknown',
};
