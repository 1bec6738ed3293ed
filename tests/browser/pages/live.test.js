// SPDX-License-Identifier: Apache-2.0
// The live connection, as it is on bad days: lost, slow, ended by a 401, asleep, and very busy.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { picture } from '../lib/browser.js';
import { lineOf } from '../lib/line.js';
import { by, isAccessible, pageTest, signIn } from '../lib/pagetest.js';
import { until } from '../lib/waiting.js';

const state = (page, name) => by(page, 'live-status', `[data-status=${name}]`).waitFor();

/** Asks for the time, in seconds, that the page's main thread has been busy. */
async function busyTime(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
  };
}

/** Changes of the list of running builds that reach the screen, and gaps between frames. */
function watchFrames(page) {
  return page.evaluate(() => {
    const seen = { redraws: 0, longestGap: 0 };
    let changed = false;
    new MutationObserver(() => (changed = true)).observe(document.getElementById('main'), { childList: true, subtree: true, characterData: true });
    let last = performance.now();
    const frame = (now) => {
      seen.longestGap = Math.max(seen.longestGap, now - last);
      last = now;
      if (changed) seen.redraws += 1;
      changed = false;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    window.seen = seen;
  });
}

pageTest('live', {}, async (chapter, { world, visitor }) => {
  const page = await visitor();
  const line = await lineOf(page);
  const { browser, slipway } = world;

  await chapter('a lost connection says so, counts down, and comes back by itself', () =>
    browser.expecting([/ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|WebSocket/], async () => {
      await page.goto('#/builders');
      await state(page, 'open');
      await by(page, 'builder-row').first().waitFor();
      await line.cut();
      await state(page, 'lost');
      await by(page, 'live-status').getByText(/since \d\d:\d\d/).waitFor();
      await by(page, 'live-status').getByText(/again in|trying/).waitFor();
      await by(page, 'outage-banner').waitFor();
      await by(page, 'builder-row').first().waitFor();
      await isAccessible(page);
      await picture(page, 'live-lost');
      await page.context().setOffline(true);
      await by(page, 'live-status', '[data-offline=true]').getByText('No network').waitFor();
      await page.context().setOffline(false);
      await by(page, 'live-status', '[data-offline=false]').waitFor();
      line.reset();
      const asked = line.count(/api\/v2\/builders/);
      await state(page, 'open');
      await by(page, 'outage-banner').waitFor({ state: 'detached' });
      await until('the list to be fetched again', () => line.count(/api\/v2\/builders/) > asked);
    }));

  await chapter('a connection that died in silence is found out when the page is looked at', async () => {
    const connections = line.connections;
    line.isCut = true;
    await page.evaluate(() => {
      const look = (hidden) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event('visibilitychange'));
      };
      look(true);
      const real = Date.now;
      Date.now = () => real() + 60_000;
      look(false);
      Date.now = real;
    });
    await browser.expecting([/ERR_CONNECTION_REFUSED|WebSocket/], async () => {
      await state(page, 'lost');
      line.reset();
      await state(page, 'open');
      assert.ok(line.connections > connections);
    });
  });

  await chapter('a page that is looked at again fetches nothing when nothing was missed', async () => {
    await until('quiet', async () => {
      const before = line.asked.length;
      await pause(400);
      return line.asked.length === before;
    });
    const asked = line.asked.length;
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await pause(300);
    assert.equal(line.asked.length, asked);
  });

  await chapter('a slow server: skeletons, then content; old content at once when one comes back', async () => {
    line.delay = 2000;
    await page.goto('#/messages');
    await page.locator('.skeleton').first().waitFor();
    await by(page, 'slow').waitFor();
    await picture(page, 'live-slow');
    await page.getByText('No message').waitFor();
    line.holds();
    await page.goto('#/builders');
    await by(page, 'builder-row').first().waitFor();
    assert.equal(await page.locator('.skeleton').count(), 0);
    line.reset();
  });

  await chapter('pages that show the same list ask for it once', async () => {
    await page.goto('#/workers');
    await by(page, 'worker-row').first().waitFor();
    await pause(500);
    line.asked.length = 0;
    await page.goto('#/builders');
    await by(page, 'builder-row').first().waitFor();
    await page.goto('#/');
    await page.getByText('online').first().waitFor();
    await page.goto('#/workers');
    await by(page, 'worker-row').first().waitFor();
    assert.equal(line.count(/api\/v2\/workers\?order=name$/), 0);
  });

  await chapter('a session that ends in the middle keeps the page and asks to sign in', async () => {
    await by(page, 'signin-open').click();
    await signIn(page, slipway.token);
    await page.goto('#/builders');
    await by(page, 'builder-row').first().waitFor();
    await browser.expecting([/401/], async () => {
      line.isUnauthorized = true;
      await page.keyboard.press('Control+k');
      await by(page, 'palette-input').fill('fetch everything');
      await page.keyboard.press('Enter');
      await by(page, 'session-banner', '[data-why=ended]').waitFor();
      await by(page, 'builder-row').first().waitFor();
      await isAccessible(page);
      await picture(page, 'live-ended');
      line.reset();
      await by(page, 'session-signin').click();
      await signIn(page, slipway.token);
    });
    await by(page, 'session-banner').waitFor({ state: 'detached' });
    await by(page, 'error-note').waitFor({ state: 'detached' });
  });

  await chapter('fifty events a second are drawn ten times a second, and the last one wins', async () => {
    await page.goto('#/');
    await state(page, 'open');
    await page.getByRole('heading', { level: 2, name: 'Running' }).waitFor();
    await pause(500);
    await watchFrames(page);
    const busyNow = await busyTime(page);
    const before = await busyNow();
    const EVENTS = 250;
    const started = Date.now();
    for (let i = 0; i < EVENTS; i++) {
      line.say(`builds/${900_000 + (i % 20)}/update`, {
        buildid: 900_000 + (i % 20), builderid: 1, number: 100 + (i % 20), workerid: 1, masterid: 1, buildrequestid: 1, complete: false,
        complete_at: null, results: null, started_at: Math.floor(started / 1000), state_string: `step ${i}`, properties: {},
      });
      const due = started + (i + 1) * 20 - Date.now();
      if (due > 0) await pause(due);
    }
    const seconds = (Date.now() - started) / 1000;
    await page.getByText(`step ${EVENTS - 1}`).first().waitFor();
    const seen = await page.evaluate(() => window.seen);
    const busy = ((await busyNow()) - before) / seconds;
    console.log(`# ${EVENTS} events in ${seconds.toFixed(1)} s: ${seen.redraws} redraws, main thread busy ${(busy * 100).toFixed(0)} %, longest gap between frames ${seen.longestGap.toFixed(0)} ms`);
    assert.ok(seen.redraws <= seconds * 12, `${seen.redraws} redraws in ${seconds} s`);
  });
});
