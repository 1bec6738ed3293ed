// SPDX-License-Identifier: Apache-2.0
// Builders that a matrix made, as their names tell: "tests (os=linux, py=3.11)" is a cell of "tests".
import type { Builder } from '../api/records';

/** Long values stand in the name as a hash of eight digits. */
const CELL = /^(.+) \(((?:[\w-]+=.*)|[0-9a-f]{8})\)$/;

/** The values of a cell as its name has them; undefined for a builder that is none. */
export function cellOf(name: string): { parent: string; values: string } | undefined {
  const [, parent, values] = CELL.exec(name) ?? [];
  return parent === undefined || values === undefined ? undefined : { parent, values };
}

export function cellsOf(parent: Builder, builders: readonly Builder[]): Builder[] {
  return builders.filter((b) => b.masterids.length > 0 && cellOf(b.name)?.parent === parent.name);
}

/** The builder whose matrix made this one. */
export function parentOf(cell: Builder, builders: readonly Builder[]): Builder | undefined {
  const name = cellOf(cell.name)?.parent;
  return builders.find((b) => b.name === name);
}

const VIRTUAL = '_virtual_';

/** Made for the name that a build asked for, and configured nowhere. */
export function isVirtual(builder: Builder): boolean {
  return builder.tags.includes(VIRTUAL);
}

/** The tags that people gave. */
export function ownTags(tags: readonly string[]): string[] {
  return tags.filter((tag) => tag !== VIRTUAL);
}
