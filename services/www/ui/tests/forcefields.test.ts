// SPDX-License-Identifier: Apache-2.0
// Tests of the force form's rules.
import { expect, it } from 'vitest';
import type { ForceField } from '../src/api/records';
import { autopopulated, forceParams, initialValues, leafFields, missingFields, strayErrors } from '../src/lib/forcefields';

const field = (fullName: string, more: Partial<ForceField>): ForceField => ({
  name: fullName, fullName, label: `${fullName}:`, type: 'text', ...more,
});

const fields: ForceField[] = [
  field('', {
    type: 'nested',
    fields: [
      field('username', { type: 'username', default: '' }),
      field('reason', { default: 'force build', required: true }),
      field('priority', { type: 'int', default: 0 }),
    ],
  }),
  field('app', {
    type: 'nested',
    fields: [field('app_branch', { default: 'main' }), field('app_project', { type: 'fixed', hide: true, default: 'p' })],
  }),
  field('clean', { type: 'bool', default: false }),
  field('target', { type: 'list', choices: ['debug', 'release'], default: '', autopopulate: { release: { app_branch: 'stable' } } }),
  field('hosts', { type: 'list', multiple: true, choices: ['a', 'b'], default: ['b'] }),
  field('patch_body', { type: 'textarea', default: null }),
];

it('finds the fields within frames', () => expect(leafFields(fields)).toHaveLength(9));

it('begins with the defaults', () => {
  expect(initialValues(fields)).toEqual({
    username: '', reason: 'force build', priority: '0', app_branch: 'main', app_project: 'p',
    clean: false, target: 'debug', hosts: ['b'], patch_body: '',
  });
});

it('sends numbers as numbers, and what is no number as it is, for the server to refuse', () => {
  const values = initialValues(fields);
  expect(forceParams(fields, { ...values, priority: ' 12' }).priority).toBe(12);
  expect(forceParams(fields, { ...values, priority: 'high' }).priority).toBe('high');
});

it('fills other fields in', () => {
  const target = fields[3]!;
  expect(autopopulated(target, 'release')).toEqual({ app_branch: 'stable' });
  expect(autopopulated(target, 'debug')).toEqual({});
});

it('sees what is missing', () => {
  expect(missingFields(fields, { ...initialValues(fields), reason: '' })).toEqual({ reason: 'reason is required' });
});

it('keeps complaints about fields that are not shown', () => {
  expect(strayErrors(new Set(['reason']), { reason: 'no', app_project: 'bad' })).toEqual(['app_project: bad']);
});
