// SPDX-License-Identifier: Apache-2.0
// Texts of the chart of a builder's builds.

export const history = {
  label: (n: number, good: number | undefined, usual: string) =>
    [`${n} builds`, good === undefined ? '' : `${good} % good`, usual && `usually ${usual}`].filter(Boolean).join(', '),
  point: (number: number, result: string, took: string, at: string) => `#${number}: ${result}, ${took}, ${at}`,
};
