// SPDX-License-Identifier: Apache-2.0
// Texts of the browser's own notifications.

export const notices = {
  one: (builder: string, number: number, result: string) => `${builder} #${number}: ${result}`,
  many: (n: number) => `${n} builds have finished`,
  manyFailed: (n: number) => (n === 0 ? 'None of them failed.' : `${n} of them failed.`),
};
