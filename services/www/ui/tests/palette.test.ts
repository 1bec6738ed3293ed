// SPDX-License-Identifier: Apache-2.0
// Tests of what the palette offers for words, and of the addresses of hits.
import { describe, expect, it } from 'vitest';
import { hitLink, matching } from '../src/lib/palette';

const offers = ['Home', 'Builders', 'Theme: dark', 'Show the keys', 'Density: compact'].map((text) => ({ id: text, text }));
const found = (query: string) => matching(offers, query).map((offer) => offer.text);

describe('the palette', () => {
  it('offers everything for nothing', () => {
    expect(found(' ')).toHaveLength(offers.length);
  });

  it('finds each word anywhere, and beginnings of words first', () => {
    expect(found('the')).toEqual(['Theme: dark', 'Show the keys']);
    expect(found('dark theme')).toEqual(['Theme: dark']);
    expect(found('ME')).toEqual(['Home', 'Theme: dark']);
    expect(found('zebra')).toEqual([]);
  });

  it('knows where hits are', () => {
    expect(hitLink('builders/3/builds/7')).toBe('#/builders/3/builds/7');
    expect(hitLink('changes?branch=main')).toBe('#/changes?branch=main');
    expect(hitLink('builders/3/test_history?name=a%2Fb')).toBe('#/builders/3?tab=tests&test=a%2Fb');
  });
});
