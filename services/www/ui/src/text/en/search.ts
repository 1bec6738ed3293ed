// SPDX-License-Identifier: Apache-2.0
// Texts of the page of search.
import { countingIn } from '../plural';

const count = countingIn('en');

export const search = {
  focus: 'Go to the search field',
  fields: { q: 'Words', revision: 'Revision', branch: 'Branch', author: 'Author' },
  examples: { q: 'builder, build, change, branch or test', revision: '9f3a12', branch: 'main', author: 'ada' },
  whatFor: 'What can be searched for',
  hints: [
    ['linux', 'builders, branches and tests with it in their names, and changes that speak of it'],
    ['linux/7', 'the build 7 of the builder linux'],
    ['9f3a12c', 'changes and builds of a revision that begins so'],
    ['ada@example.org', 'changes of an author'],
  ] as readonly (readonly [words: string, finds: string])[],
  none: 'Nothing was found.',
  noneHint: 'Fewer or shorter words find more: a builder or a test is found by any part of its name, a revision by its beginning.',
  found: (n: number) => count(n, { one: 'hit', other: 'hits' }),
  atLeast: (n: number) => `${n} or more`,
};
