// SPDX-License-Identifier: Apache-2.0
// Tests of the names of a matrix's cells, and of virtual builders.
import { expect, it } from 'vitest';
import type { Builder } from '../src/api/records';
import { cellOf, cellsOf, isVirtual, ownTags, parentOf } from '../src/lib/matrix';

const builder = (name: string, more: Partial<Builder> = {}): Builder => ({
  builderid: name.length, name, masterids: [1], description: null, description_format: null, description_html: null,
  projectid: null, tags: [], ...more,
});

it('takes a cell\'s name apart', () => {
  expect(cellOf('tests (os=linux, py=3.11)')).toEqual({ parent: 'tests', values: 'os=linux, py=3.11' });
  expect(cellOf('tests (0a1b2c3d)')).toEqual({ parent: 'tests', values: '0a1b2c3d' });
  expect(cellOf('tests (fast)')).toBeUndefined();
  expect(cellOf('tests')).toBeUndefined();
});

it('finds the cells of a builder and the builder of a cell', () => {
  const parent = builder('tests');
  const cell = builder('tests (os=mac)');
  const all = [parent, cell, builder('tests (os=old)', { masterids: [] }), builder('other (os=mac)')];
  expect(cellsOf(parent, all)).toEqual([cell]);
  expect(parentOf(cell, all)).toBe(parent);
  expect(parentOf(parent, all)).toBeUndefined();
});

it('tells virtual builders', () => {
  expect(isVirtual(builder('v', { tags: ['_virtual_', 'night'] }))).toBe(true);
  expect(ownTags(['_virtual_', 'night'])).toEqual(['night']);
});
