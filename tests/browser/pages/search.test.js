// SPDX-License-Identifier: Apache-2.0
// The page of search, and the palette's hits: builders, builds, changes by words, revision and author.
import assert from 'node:assert/strict';
import { by, pageTest } from '../lib/pagetest.js';
import { until } from '../lib/waiting.js';

const hit = (page, text) => by(page, 'search-hit').filter({ hasText: text }).first();

pageTest('search', {}, async (chapter, { world, visitor, everyLook }) => {
  const page = await visitor();
  const revision = await world.repository.push('Grow a second mast', { 'mast.txt': 'two\n' });
  await until('the build of the commit', async () => (await world.slipway.api('builds?complete=true&limit=1')).builds.length > 0);

  await chapter('says what can be searched for', async () => {
    await page.goto('#/search');
    await by(page, 'empty-state').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('data-testid')), 'search-q');
  });

  await chapter('finds by words, and the address holds them', async () => {
    await by(page, 'search-q').fill('hello');
    await page.keyboard.press('Enter');
    await hit(page, 'hello').waitFor();
    await page.waitForURL(/#\/search\?q=hello$/);
    await page.reload();
    await hit(page, 'hello').waitFor();
    await page.keyboard.press('Escape');
  });

  await chapter('finds a change by a word of its comments, a build by its number', async () => {
    await page.goto('#/search?q=mast');
    await hit(page, 'Grow a second mast').waitFor();
    await page.goto('#/search?q=hello/1');
    await hit(page, 'hello/1').getByRole('link').click();
    await page.waitForURL(/#\/builders\/\d+\/builds\/1$/);
  });

  await chapter('says what to do when nothing is found', async () => {
    await page.goto('#/search?q=zeppelin');
    await by(page, 'empty-state').filter({ hasText: 'Nothing was found' }).waitFor();
  });

  await chapter('the palette finds a builder and leads to it', async () => {
    await page.keyboard.press('Control+k');
    await by(page, 'palette-input').fill('hello');
    await by(page, 'offer').filter({ hasText: 'hello' }).first().waitFor();
    await page.locator('[role=group][aria-label=Builders] [data-testid=offer]').first().click();
    await page.waitForURL(/#\/builders\/\d+$/);
  });

  await chapter('looks well', () => everyLook(`#/search?q=${String(revision ?? 'hello').slice(0, 8)}`, 'search', (each) => by(each, 'search-hit').first().waitFor()));
});
