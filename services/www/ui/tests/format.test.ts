// SPDX-License-Identifier: Apache-2.0
// Tests of the texts for times and names.
import { describe, expect, it } from 'vitest';
import { authorName, firstLine, formatAgo, formatDuration, formatNanoseconds, formatSize, median, plural, sentence, shortRevision } from '../src/lib/format';

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [-3, '0s'],
    [59.9, '59s'],
    [60, '1m 00s'],
    [187, '3m 07s'],
    [7500, '2h 05m'],
    [273_600, '3d 4h'],
  ])('writes %d seconds as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe('formatAgo', () => {
  it.each([
    [5, 'just now'],
    [-5, 'just now'],
    [45, '45 sec ago'],
    [300, '5 min ago'],
    [-300, 'in 5 min'],
    [3 * 3600, '3 hr ago'],
    [26 * 3600, 'yesterday'],
    [-26 * 3600, 'tomorrow'],
    [12 * 86_400, '12 days ago'],
  ])('writes %d seconds back as %s', (back, text) => expect(formatAgo(1_000_000 - back, 1_000_000)).toBe(text));
});

describe('short texts', () => {
  it('shortens git revisions only', () => {
    expect(shortRevision('0123456789abcdef0123456789abcdef01234567')).toBe('0123456789');
    expect(shortRevision('r12345')).toBe('r12345');
  });
  it('leaves the mail address out', () => {
    expect(authorName('Ada Lovelace <ada@example.org>')).toBe('Ada Lovelace');
    expect(authorName('<ada@example.org>')).toBe('<ada@example.org>');
  });
  it('takes the first line', () => expect(firstLine('\n one\ntwo')).toBe('one'));
  it('counts', () => {
    expect(plural(1, 'line')).toBe('1 line');
    expect(plural(12_000, 'line')).toBe('12,000 lines');
  });
  it('finds the middle', () => {
    expect(median([])).toBeUndefined();
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 2])).toBe(2);
  });
});

it.each([
  [0, '0 B'],
  [672, '672 B'],
  [1023, '1023 B'],
  [1024, '1.00 KiB'],
  [3_500_000, '3.34 MiB'],
  [1_048_575, '1.00 MiB'],
  [5 * 2 ** 40, '5.00 TiB'],
])('writes %d bytes as %s', (bytes, text) => expect(formatSize(bytes)).toBe(text));

it.each([
  [300_000, '0.3 ms'],
  [20_000_000, '20 ms'],
  [1_250_000_000, '1.25 s'],
  [75e9, '1m 15s'],
])('writes %d nanoseconds as %s', (ns, text) => expect(formatNanoseconds(ns)).toBe(text));

it('makes sentences', () => {
  expect(sentence('it waits')).toBe('It waits.');
  expect(sentence('Why?')).toBe('Why?');
});
