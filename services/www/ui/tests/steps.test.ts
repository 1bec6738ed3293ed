// SPDX-License-Identifier: Apache-2.0
// Tests of groups of steps, of environments, of deaths in the background.
import { expect, it } from 'vitest';
import { deaths, environmentState, groupStatus, groupSteps } from '../src/lib/steps';

const step = (group: string | null, results: number | null = 0, started = true) => ({
  group, results, complete: results !== null, started_at: started ? 100 : null,
});

it('draws neighbours of one group together, and only those', () => {
  const steps = [step(null), step('a'), step('a'), step('b'), step(null), step(null), step('a')];
  expect(groupSteps(steps).map((g) => [g.name, g.steps.length])).toEqual([
    [null, 1], ['a', 2], ['b', 1], [null, 1], [null, 1], ['a', 1],
  ]);
});

it('tells of a group what matters most', () => {
  expect(groupStatus([step('a', 0), step('a', 2), step('a', null)])).toBe('running');
  expect(groupStatus([step('a', 0), step('a', 2), step('a', 1)])).toBe('failure');
  expect(groupStatus([step('a', 3), step('a', 0)])).toBe('success');
  expect(groupStatus([step('a', null, false)])).toBe('pending');
});

it('finds out whether the environment was there before', () => {
  const said = (state_string: string) => [{ state_string: 'at c6d164c169c2' }, { state_string }];
  expect(environmentState('b5e2', said('prepared b5e2'))).toBe('prepared');
  expect(environmentState('b5e2', said('reused b5e2'))).toBe('reused');
  expect(environmentState('b5e2', said('preparing'))).toBeUndefined();
});

it('reads who died in the background', () => {
  const text = 'server died 3 s before, signal 11';
  expect(deaths(`failed (exit code 1); ${text}`)).toEqual([{ name: 'server', text }]);
  expect(deaths('failed (exit code 1); a died 0 s before, exit code 1; b died 2 s before, signal 9').map((d) => d.name)).toEqual(['a', 'b']);
  expect(deaths('failed (exit code 1)')).toEqual([]);
});
