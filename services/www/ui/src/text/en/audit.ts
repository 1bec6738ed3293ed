// SPDX-License-Identifier: Apache-2.0
// Texts of the audit log.

export const audit = {
  why: 'Sign in to see who did what.',
  none: 'Nothing of that kind was done.',
};
