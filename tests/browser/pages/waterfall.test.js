// SPDX-License-Identifier: Apache-2.0
// The waterfall, with a thousand builds.
import assert from 'node:assert/strict';
import { by, pageTest } from '../lib/pagetest.js';
import { pastBuilds } from '../lib/past.js';

const NAMES = Array.from({ length: 20 }, (_, i) => `${['linux', 'macos', 'windows', 'bsd'][i % 4]}-${['debug', 'release', 'asan', 'docs', 'package'][Math.floor(i / 4)]}`);

const configuration = ({ url, pipe }) => `title: Harbour
url: ${url}
schedulers:
  - {type: force, name: force, builders: [any]}
builders:
${NAMES.map((name) => `  - {name: ${name}, tags: [${name.split('-')[0]}], steps: [{run: "true"}]}`).join('\n')}
  - {name: any, steps: [{run: 'read line < ${pipe}', name: wait}]}
`;

pageTest('waterfall', { configuration }, async (chapter, { world, visitor, everyLook }) => {
  const page = await visitor();

  await chapter('says what it would show', async () => {
    await page.goto('#/waterfall');
    await by(page, 'empty-state').waitFor();
  });

  await chapter('shows a thousand builds, and draws those in sight', async () => {
    await world.slipway.sql(pastBuilds(50, 'any'));
    await page.goto('#/waterfall?limit=1000');
    await page.reload();
    await by(page, 'waterfall-box').nth(50).waitFor();
    await page.getByText('1,000 builds').waitFor();
    const drawn = await by(page, 'waterfall-box').count();
    assert.ok(drawn < 500, `${drawn} of 1,000 boxes are drawn`);
    await page.getByText(/^idle for/).first().waitFor({ state: 'attached' });
  });

  await chapter('a build that runs grows at the top', async () => {
    await world.slipway.api('forceschedulers/force', { method: 'force', params: { builderNames: ['any'] } });
    await by(page, 'waterfall-box', '[data-status=running]').waitFor({ state: 'attached' });
  });

  await chapter('arrow keys lead from build to build, and tell of each', async () => {
    await by(page, 'waterfall-box', '[data-status=success]').first().focus();
    const first = await page.evaluate(() => document.activeElement.dataset.build);
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction((before) => document.activeElement.dataset.build !== before, first);
    await by(page, 'waterfall-details').filter({ hasText: 'ada@example.org' }).waitFor();
    for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => Boolean(document.activeElement.dataset.build));
  });

  await chapter('the address holds the scale and the choice of builders', async () => {
    await by(page, 'zoom-in').click();
    await page.waitForURL(/scale=8/);
    await page.goto('#/waterfall?tags=linux&scale=8');
    await page.locator('.waterfall-head').nth(4).waitFor();
    assert.equal(await page.locator('.waterfall-head').count(), 5);
  });

  await chapter('looks well', () =>
    everyLook('#/waterfall?limit=1000', 'waterfall', (each) => by(each, 'waterfall-box').nth(20).waitFor()));

  await chapter('the slow build ends', async () => {
    await world.pipe.open();
    await world.pipe.say('go');
    await page.goto('#/');
    await by(page, 'running-builds').getByText('Nothing is running').waitFor();
  });
});
