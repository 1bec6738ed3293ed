// SPDX-License-Identifier: Apache-2.0
// The page of settings: each holds at once, and after a reload; notifications of finished builds.
import assert from 'node:assert/strict';
import { lineOf } from '../lib/line.js';
import { by, pageTest } from '../lib/pagetest.js';
import { until } from '../lib/waiting.js';

/** Remembers notifications instead of showing them; the browser of a test has no desktop. */
function pretendNotifications() {
  window.told = [];
  class Pretended {
    static permission = 'default';
    static async requestPermission() {
      Pretended.permission = 'granted';
      return 'granted';
    }
    constructor(title, options) {
      window.told.push({ title, ...options });
    }
    close() {}
  }
  window.Notification = Pretended;
}

const finished = (buildid, results) => ({
  buildid, builderid: 1, number: buildid, workerid: 1, complete: true, started_at: 1, complete_at: 2, results, state_string: 'it ended', properties: {},
});

pageTest('settings', {}, async (chapter, { visitor, everyLook }) => {
  const page = await visitor();
  await page.addInitScript(pretendNotifications);
  const line = await lineOf(page);

  await chapter('theme and density hold at once and later', async () => {
    await page.goto('#/settings');
    await by(page, 'set-theme-dark').check();
    await by(page, 'set-density-compact').check();
    await page.locator(':root[data-theme=dark][data-density=compact]').waitFor();
    await page.reload();
    await by(page, 'set-theme-dark').and(page.locator(':checked')).waitFor();
  });

  await chapter('the language changes every text', async () => {
    await by(page, 'set-language-zh').check();
    await page.getByRole('heading', { level: 1, name: '设置' }).waitFor();
    await page.locator('html[lang=zh]').waitFor();
    await by(page, 'set-language-en').check();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });

  await chapter('times follow the zone and the clock', async () => {
    await by(page, 'set-timeZone').selectOption('Asia/Tokyo');
    await by(page, 'set-clock-12').check();
    await by(page, 'settings-example').filter({ hasText: /[ap]m.*(GMT\+9|JST)/i }).waitFor();
    await by(page, 'set-clock-24').check();
    await by(page, 'settings-example').filter({ hasText: /\d\d:\d\d:\d\d (GMT\+9|JST)/ }).waitFor();
  });

  await chapter('a watched builder is found and let go', async () => {
    await by(page, 'watch-find').fill('hel');
    await by(page, 'watch-add').filter({ hasText: 'hello' }).click();
    await by(page, 'watched').filter({ hasText: 'hello' }).waitFor();
    await page.locator('link[rel=icon][href*=success]').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Stop watching hello' }).click();
    await page.locator('link[rel=icon][href="./favicon.svg"]').waitFor({ state: 'attached' });
  });

  await chapter('the browser tells of failures once it may', async () => {
    await by(page, 'live-status', '[data-status=open]').waitFor();
    await by(page, 'set-notify-failures').check();
    await by(page, 'notify-allow').click();
    await by(page, 'notify-state').waitFor();
    line.say('builds/901/finished', finished(901, 0));
    line.say('builds/902/finished', finished(902, 2));
    const told = await until('a notification', async () => {
      const all = await page.evaluate(() => window.told);
      return all.length > 0 && all;
    });
    assert.equal(told.length, 1);
    assert.match(told[0].title, /^\w+ #902: failure$/);
    for (let id = 910; id < 920; id++) line.say(`builds/${id}/finished`, finished(id, 2));
    await until('one for many', () => page.evaluate(() => window.told.some(({ title }) => title === '10 builds have finished')));
  });

  await chapter('a reset brings the defaults back', async () => {
    await by(page, 'settings-reset').click();
    await page.locator(':root[data-theme=auto][data-density=comfortable]').waitFor();
    assert.equal(await page.evaluate(() => localStorage.getItem('slipway.settings')), '{}');
  });

  await chapter('looks well', () => everyLook('#/settings', 'settings', (each) => by(each, 'settings-notifications').waitFor()));
});
