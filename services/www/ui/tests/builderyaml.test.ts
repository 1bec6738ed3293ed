// SPDX-License-Identifier: Apache-2.0
// Tests of finding a builder's part of a slipway.yaml.
import { expect, it } from 'vitest';
import { builderPart } from '../src/lib/builderyaml';

const YAML = `title: Harbour
builders:
  # The engine.
  - name: engine
    steps:
      - git: {}   # all of it
      - run: |
          make
          make test

  - {name: docs, steps: [{run: make doc}]}
workers: [{name: engine-1}]
`;

it('finds a builder as it is written', () => {
  expect(builderPart(YAML, 'engine')).toEqual({
    line: 4, text: 'name: engine\nsteps:\n  - git: {}   # all of it\n  - run: |\n      make\n      make test',
  });
  expect(builderPart(YAML, 'docs')).toEqual({ line: 11, text: '{name: docs, steps: [{run: make doc}]}' });
});

it('finds nothing where there is no such builder', () => {
  expect(builderPart(YAML, 'engine-1')).toBeUndefined();
  expect(builderPart('builders: 3', 'engine')).toBeUndefined();
  expect(builderPart('a: [', 'engine')).toBeUndefined();
});
