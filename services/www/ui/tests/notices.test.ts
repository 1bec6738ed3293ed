// SPDX-License-Identifier: Apache-2.0
// Tests of which builds are told of, and of what the tab shows.
import { describe, expect, it } from 'vitest';
import { isOwn, isWanted, noticesOf, type FinishedBuild } from '../src/lib/notices';
import { iconName, tabTitle } from '../src/lib/title';

const build = (buildid: number, results: number, owner?: string): FinishedBuild => ({
  buildid, builderid: 1, number: buildid, results, state_string: 'it ended', properties: owner ? { owner: [owner, 'Force'] } : {},
});
const ada = { username: 'ada', full_name: 'Ada Lovelace', email: 'ada@example.org' };
const wish = (notify: 'none' | 'mine' | 'failures' | 'all', ...watched: string[]) => ({ notify, watched });
const linux = () => 'linux';

describe('a build', () => {
  it.each(['ada', 'Ada Lovelace <ada@example.org>', 'Ada Lovelace <elsewhere@example.org>', 'ADA@example.org'])('of %s is her own', (owner) => {
    expect(isOwn(build(1, 0, owner), ada)).toBe(true);
  });

  it('of others is not, nor is that of nobody', () => {
    expect([isOwn(build(1, 0, 'adam'), ada), isOwn(build(1, 0), ada), isOwn(build(1, 0, 'x'), { anonymous: true })]).toEqual([false, false, false]);
  });

  it('is told of as the settings say', () => {
    const wanted = (results: number, settings: ReturnType<typeof wish>) => isWanted(build(1, results, 'ada'), 'linux', settings, ada);
    expect([wanted(2, wish('none')), wanted(2, wish('failures')), wanted(0, wish('failures')), wanted(4, wish('failures'))]).toEqual([false, true, false, true]);
    expect([wanted(0, wish('mine')), wanted(0, wish('all')), wanted(0, wish('all', 'other')), wanted(0, wish('all', 'linux'))]).toEqual([true, true, false, true]);
  });
});

describe('notices', () => {
  it('name the build and lead to it', () => {
    expect(noticesOf([build(7, 2)], linux, wish('all'), ada)).toEqual([
      { title: 'linux #7: failure', body: 'it ended', link: '#/builders/1/builds/7', tag: 'slipway-build-7' },
    ]);
  });

  it('become one when there are many', () => {
    const many = noticesOf([1, 2, 3, 4, 5].map((id) => build(id, id % 2 ? 0 : 2)), linux, wish('all'), ada);
    expect(many.map(({ title, body }) => [title, body])).toEqual([['5 builds have finished', '2 of them failed.']]);
  });
});

describe('the tab', () => {
  it('shows what fails, else what runs', () => {
    const of = (watched: number, failing: number, running: number) => iconName({ watched, failing, running });
    expect([of(0, 0, 0), of(2, 1, 1), of(2, 0, 1), of(2, 0, 0)]).toEqual(['favicon.svg', 'favicon-failure.svg', 'favicon-running.svg', 'favicon-success.svg']);
  });

  it('counts what fails', () => {
    expect(tabTitle('Builders', 'Slipway', { watched: 3, failing: 2, running: 0 })).toBe('✕ 2 · Builders · Slipway');
    expect(tabTitle('', 'Slipway', { watched: 0, failing: 0, running: 0 })).toBe('Slipway');
  });
});
