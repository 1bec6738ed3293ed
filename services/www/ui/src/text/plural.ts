// SPDX-License-Identifier: Apache-2.0
// Counted words for the catalogues, by each language's own rules.

/** The forms of a word: `other` always, those that the language has besides. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** `counted(3, { one: 'line', other: 'lines' })` gives "3 lines". */
export function countingIn(locale: string): (n: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (n, forms) => `${numbers.format(n)} ${forms[rules.select(n)] ?? forms.other}`;
}
