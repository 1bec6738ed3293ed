// SPDX-License-Identifier: Apache-2.0
// From a push to a mail, as someone sees it who has the web UI open: one story, told in the order of its chapters.
import assert from 'node:assert/strict';
import test from 'node:test';
import { clearFailures, LOOKS, picture } from './lib/browser.js';
import { BREAKING, FAILING_LINE, GOOD } from './lib/project.js';
import { endOnSignals, World } from './lib/world.js';

const world = new World();
endOnSignals(world);

/** Every page that is open, for the pictures of a failure. */
const pages = [];
/** What later chapters look at again. */
const links = {};

async function visitor(look) {
  const page = await world.browser.visitor(world.slipway.url, look);
  pages.push(page);
  return page;
}

const by = (page, id, more = '') => page.locator(`[data-testid=${id}]${more}`);
/** A line that the step printed: the head line before them has its whole command. */
const line = (page, text) => by(page, 'log-line', ':not([data-stream=head])').filter({ hasText: text });
const bubble = (page, status) => by(page, 'recent-row').filter({ hasText: 'hello' }).locator(`[data-testid=build-bubble][data-status=${status}]`);

/** A chapter that fails ends the story: those after it would only wait in vain. */
function teller(t) {
  let failed = false;
  return (name, tell) =>
    t.test(name, { skip: failed && 'the story ended before' }, async () => {
      try {
        await tell();
      } catch (error) {
        failed = true;
        for (const [i, page] of pages.entries()) {
          await picture(page, `failed-story-${i + 1}`).catch(() => {});
        }
        throw error;
      }
    });
}

async function signIn(page) {
  await by(page, 'signin-dialog').waitFor();
  await by(page, 'token-input').fill(world.slipway.token);
  await by(page, 'signin-button').click();
  await by(page, 'signin-dialog').waitFor({ state: 'detached' });
}

/** A page that is wider than its window scrolls sideways, which nobody wants. */
async function fits(page) {
  const { wide, room } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, room: innerWidth }));
  assert.ok(wide <= room, `${page.url()} is ${wide} pixels wide in a window of ${room}`);
}

/** Each page, and what is on it once it is complete. */
function gallery(page) {
  return [
    ['home', '#/', [bubble(page, 'failure'), by(page, 'message-row')]],
    ['builders', '#/builders', [by(page, 'builder-row').filter({ hasText: 'hello' }).locator('.bar').first()]],
    ['builder', links.builder, [by(page, 'build-row'), by(page, 'worker-state')]],
    ['build', links.red, [line(page, FAILING_LINE), page.getByText('Simplify addition'), page.getByText('named \'main\'')]],
    ['build-tests', `${links.release}?tab=tests`, [by(page, 'test-row')]],
    ['build-artifacts', `${links.release}?tab=artifacts`, [by(page, 'artifact-row')]],
    ['messages', '#/messages', [by(page, 'message-row')]],
    ['message', links.message, [by(page, 'message-html').contentFrame().getByText(FAILING_LINE)]],
    ['workers', '#/workers', [by(page, 'worker-row')]],
    ['deliveries', '#/deliveries', [by(page, 'delivery-row')]],
    ['delivery', links.delivery, [by(page, 'replays')]],
    ['worker', links.worker, [by(page, 'build-row').filter({ hasText: 'hello' })]],
    ['not-found', '#/nowhere', [by(page, 'not-found')]],
  ];
}

test('from a push to a mail, in a browser', { timeout: 540_000 }, async (t) => {
  t.after(() => world.end());
  await clearFailures('story');
  await world.start();
  const chapter = teller(t);
  const home = await visitor();
  const reader = await visitor();
  const admin = await visitor();

  await chapter('the home page of a new Slipway', async () => {
    await home.goto('#/');
    await by(home, 'live-status', '[data-status=open]').waitFor();
    await by(home, 'worker-count').filter({ hasText: '1 worker online' }).waitFor();
    await by(home, 'recent-builds').filter({ hasText: 'No build has run yet' }).waitFor();
    await picture(home, 'home-new');
  });

  await chapter('a good commit turns green by itself', async () => {
    await world.repository.push('Add two numbers, and test it', GOOD);
    await bubble(home, 'success').waitFor({ timeout: 90_000 });
  });

  await chapter('a breaking commit turns red by itself', async () => {
    await world.repository.push('Simplify addition', BREAKING);
    await bubble(home, 'failure').waitFor({ timeout: 90_000 });
    assert.equal(await bubble(home, 'success').count(), 1);
    await by(home, 'running-builds').filter({ hasText: 'Nothing is running' }).waitFor();
    await picture(home, 'home');
  });

  await chapter('the builder page lists both builds', async () => {
    await reader.goto('#/builders');
    await by(reader, 'builder-row').filter({ hasText: 'hello' }).getByRole('link', { name: 'hello' }).click();
    const rows = by(reader, 'build-row');
    await rows.filter({ hasText: 'success' }).waitFor();
    await rows.filter({ hasText: 'failure' }).waitFor();
    assert.equal(await rows.count(), 2);
    await rows.filter({ hasText: 'main' }).first().waitFor();
    links.builder = reader.url();
    await picture(reader, 'builder');
  });

  await chapter('the red build shows the failing line by itself', async () => {
    await by(reader, 'build-row').filter({ hasText: 'failure' }).getByRole('link', { name: '#' }).click();
    await by(reader, 'build-result', '[data-status=failure]').waitFor();
    await by(reader, 'step-row', '[data-step=compile][data-status=success]').waitFor();
    await by(reader, 'step-row', '[data-step=test][data-status=failure]').waitFor();
    const failing = line(reader, FAILING_LINE);
    await failing.waitFor();
    assert.equal(await failing.getAttribute('data-stream'), 'err');
    links.red = reader.url();
    await picture(reader, 'build-red');
  });

  await chapter('a line of a log has an address', async () => {
    const number = await line(reader, FAILING_LINE).getAttribute('data-line');
    await line(reader, FAILING_LINE).getByRole('link').click();
    await reader.waitForURL(`**/logs/stdio?line=${number}`);
    await reader.locator(`.line-marked[data-line="${number}"]`).waitFor();
    await picture(reader, 'log');
    await reader.goto(links.red);
  });

  await chapter('a build tells its changes and properties', async () => {
    await reader.getByRole('link', { name: 'Changes (1)' }).click();
    await by(reader, 'change-row').filter({ hasText: 'Simplify addition' }).filter({ hasText: 'Ada Lovelace' }).waitFor();
    await reader.getByRole('link', { name: 'Properties' }).click();
    await by(reader, 'property-table').filter({ hasText: await world.repository.git('rev-parse', 'HEAD') }).waitFor();
  });

  await chapter('the mail about it is listed and can be read', async () => {
    await reader.goto('#/messages');
    const row = by(reader, 'message-row').filter({ hasText: 'hello' }).filter({ hasText: 'team@localhost' });
    await row.and(reader.locator('[data-state=sent]')).first().waitFor();
    await row.first().getByRole('link').click();
    await by(reader, 'message-text').filter({ hasText: FAILING_LINE }).waitFor();
    await by(reader, 'message-html').contentFrame().getByText(FAILING_LINE).first().waitFor();
    links.message = reader.url();
    await picture(reader, 'message');
  });

  await chapter('forcing a build asks a visitor for the admin token', async () => {
    await admin.goto('#/builders');
    await by(admin, 'builder-row').filter({ hasText: 'ferry' }).getByRole('link', { name: 'ferry' }).click();
    await by(admin, 'force-button').click();
    await world.browser.expecting([/40[13].*\/auth\/login/], async () => {
      await by(admin, 'token-input').fill('not the token');
      await by(admin, 'signin-button').click();
      await admin.getByRole('alert').filter({ hasText: 'not the admin token' }).waitFor();
    });
    await picture(admin, 'signin');
    await signIn(admin);
    await by(admin, 'force-dialog').waitFor();
    await picture(admin, 'force');
  });

  await chapter('the forced build runs before one\'s eyes', async () => {
    await world.pipe.open();
    await by(admin, 'force-dialog').getByLabel('reason').fill('to see it run');
    await by(admin, 'force-submit').click();
    await admin.waitForURL(/#\/builders\/\d+\/builds\/1$/);
    await by(admin, 'build-result', '[data-status=running]').waitFor();
    await line(admin, 'waiting').waitFor();
    await by(home, 'running-row').filter({ hasText: 'ferry #1' }).waitFor();
    await picture(home, 'home-running');
  });

  await chapter('its log grows line by line', async () => {
    for (const word of ['one', 'two', 'three']) {
      assert.equal(await line(admin, `line ${word}`).count(), 0);
      await world.pipe.say(`line ${word}`);
      await line(admin, `line ${word}`).waitFor();
    }
    await picture(admin, 'build-running');
    await world.pipe.close();
    await by(admin, 'build-result', '[data-status=success]').waitFor();
    await line(admin, 'done').waitFor();
    await by(home, 'running-builds').filter({ hasText: 'Nothing is running' }).waitFor();
  });

  await chapter('Stop cancels a running build within seconds', async () => {
    await world.pipe.open();
    await by(admin, 'rebuild-button').click();
    await by(admin, 'confirm-button').click();
    await admin.waitForURL(/#\/builders\/\d+\/builds\/2$/);
    await line(admin, 'waiting').waitFor();
    await by(admin, 'stop-button').click();
    await by(admin, 'confirm-dialog').getByLabel('Reason').fill('seen enough');
    await by(admin, 'confirm-button').click();
    await by(admin, 'build-result', '[data-status=cancelled]').waitFor({ timeout: 10_000 });
    await by(admin, 'rebuild-button').waitFor();
    await picture(admin, 'build-cancelled');
    await world.pipe.close();
  });

  await chapter('a complaint opens the tab of its field', async () => {
    await admin.goto('#/builders');
    await by(admin, 'builder-row').getByRole('link', { name: 'release' }).click();
    await by(admin, 'force-button').click();
    const dialog = by(admin, 'force-dialog');
    await dialog.getByLabel('Clean build').waitFor();
    assert.equal(await dialog.getByLabel('Channel').isVisible(), false);
    await by(admin, 'force-submit').click();
    await dialog.getByRole('alert').filter({ hasText: 'Channel is required' }).waitFor();
    await dialog.getByLabel('Channel').fill('123');
    await world.browser.expecting([/400.*\/forceschedulers\/release/], async () => {
      await by(admin, 'force-submit').click();
      await by(admin, 'field-publish_channel').getByRole('alert').filter({ hasText: 'Channel' }).waitFor();
    });
    await picture(admin, 'force-tabs');
    await dialog.getByLabel('Channel').fill('beta');
    await by(admin, 'force-submit').click();
    await admin.waitForURL(/#\/builders\/\d+\/builds\/1$/);
    links.release = admin.url();
  });

  await chapter('a build shows what it triggered, and is shown there', async () => {
    const child = by(admin, 'triggered-build', '[data-status=success]').filter({ hasText: 'package #1' });
    await child.waitFor({ timeout: 60_000 });
    await by(admin, 'build-result', '[data-status=success]').waitFor();
    assert.equal(await by(admin, 'step-row').filter({ hasText: 'run' }).count(), 0);
    await by(admin, 'hidden-steps').click();
    await by(admin, 'step-row', '[data-step=run]').waitFor();
    await picture(admin, 'build-triggered');
    await child.click();
    await by(admin, 'parent-build').filter({ hasText: 'release #1' }).click();
    await admin.waitForURL(links.release);
  });

  await chapter('its tests and artifacts are there', async () => {
    await by(admin, 'tab-tests').filter({ hasText: '1 failed' }).click();
    await by(admin, 'test-row').filter({ hasText: 'subtracts' }).locator('summary').click();
    await by(admin, 'test-row').filter({ hasText: 'add.c:3' }).waitFor();
    assert.equal(await by(admin, 'test-row').count(), 1);
    await by(admin, 'all-tests').click();
    await by(admin, 'test-row').filter({ hasText: 'adds' }).waitFor();
    await picture(admin, 'build-tests');
    await by(admin, 'tab-artifacts').click();
    const download = admin.waitForEvent('download');
    await by(admin, 'artifact-row').getByRole('link', { name: 'reports/report.xml' }).click();
    assert.equal((await download).suggestedFilename(), 'report.xml');
    await picture(admin, 'build-artifacts');
    await by(admin, 'pin-button').click();
    await by(admin, 'pinned').waitFor();
  });

  await chapter('the workers page', async () => {
    await admin.goto('#/workers');
    const row = by(admin, 'worker-row').filter({ hasText: 'local-1' });
    await row.filter({ hasText: 'connected' }).waitFor();
    await picture(admin, 'workers');
    await row.getByRole('link', { name: 'local-1' }).click();
    await by(admin, 'build-row').filter({ hasText: 'cancelled' }).waitFor();
    links.worker = admin.url();
    await picture(admin, 'worker');
  });

  await chapter('who signs out may only look', async () => {
    await by(admin, 'signout').click();
    await by(admin, 'signin-open').waitFor();
    await by(admin, 'pause-button').click();
    await by(admin, 'confirm-button').click();
    await by(admin, 'signin-dialog').getByRole('button', { name: 'Cancel' }).click();
    await by(admin, 'signin-dialog').waitFor({ state: 'detached' });
  });

  await chapter('a user signs in by a password, and makes a token for a script', async () => {
    const headers = { Authorization: `Bearer ${world.slipway.token}` };
    const ann = { username: 'ann', full_name: 'Ann Example', password: 'correct horse battery' };
    assert.equal((await admin.request.post('/api/v2/users', { headers, data: ann })).status(), 201);
    await reader.goto('#/account');
    await by(reader, 'signin-open').click();
    await by(reader, 'way-password').check();
    await by(reader, 'username-input').fill('ann');
    await by(reader, 'password-input').fill(ann.password);
    await by(reader, 'signin-button').click();
    await by(reader, 'token-name').fill('a script');
    await by(reader, 'token-create').click();
    const token = await by(reader, 'token-made').locator('code').textContent();
    await fits(reader);
    await picture(reader, 'account');
    const me = () => home.request.get('/api/v2/me', { headers: { Authorization: `Bearer ${token}` } });
    assert.equal((await (await me()).json()).username, 'ann');
    await by(reader, 'token-revoke').click();
    await by(reader, 'confirm-button').click();
    await by(reader, 'token-row').filter({ hasText: 'revoked' }).waitFor();
    assert.equal((await me()).status(), 401);
  });

  await chapter('the audit log tells the admin what was done', async () => {
    await by(admin, 'signin-open').click();
    await signIn(admin);
    await admin.goto('#/audit?username=ann');
    for (const action of ['sign-in', 'create', 'revoke']) await by(admin, 'audit-row').filter({ hasText: action }).first().waitFor();
    await picture(admin, 'audit');
  });

  await chapter('the ledger tells what came of polls and web hooks, and reads one again', async () => {
    await admin.request.post('/change_hook/base', { form: { author: 'Ann', comments: 'by hand', revision: '1', repository: 'elsewhere' } });
    await admin.goto('#/deliveries');
    await by(admin, 'delivery-row', '[data-verdict=changes]').filter({ hasText: world.repository.bare }).first().waitFor();
    await picture(admin, 'deliveries');
    await admin.goto('#/deliveries?source=base');
    await by(admin, 'delivery-row').getByRole('link').first().click();
    await by(admin, 'replay').click();
    await by(admin, 'replays').filter({ hasText: 'known' }).waitFor();
    links.delivery = admin.url();
  });

  await chapter('addresses that lead nowhere say so', async () => {
    await world.browser.expecting([/404.*\/api\/v2\/(builders|workers)\/(999|\d+\/builds\/999)/], async () => {
      for (const address of ['#/nowhere', '#/builders/999', '#/workers/999', `${links.builder}/builds/999`]) {
        await reader.goto(address);
        await by(reader, 'not-found').waitFor();
      }
    });
    await picture(reader, 'not-found');
    // A page that is left open asks again whenever the server has been away.
    await reader.goto('#/');
  });

  await chapter('an open page outlives its server, and shows the next commit', async () => {
    await world.browser.expecting([/ERR_CONNECTION|ERR_EMPTY_RESPONSE|WebSocket connection to/], async () => {
      const lost = by(home, 'live-status', '[data-status=lost]').waitFor();
      await world.slipway.kill('www');
      await lost;
      await by(home, 'live-status', '[data-status=open]').waitFor();
      await by(home, 'outage-banner').waitFor({ state: 'detached' });
    });
    await world.repository.push('Add again', { 'add.c': GOOD['add.c'] });
    await bubble(home, 'success').filter({ hasText: '3' }).waitFor({ timeout: 90_000 });
  });

  await chapter('every page fits its window, dark and on a phone', async () => {
    for (const look of ['light', 'dark', 'phone']) {
      const page = await visitor(LOOKS[look]);
      for (const [name, address, content] of gallery(page)) {
        await page.goto(address);
        for (const locator of content) await locator.first().waitFor();
        await by(page, 'live-status', '[data-status=open]').waitFor();
        await fits(page);
        await picture(page, `${look}-${name}`);
      }
    }
  });

  await chapter('nothing complained in the browser', () => {
    assert.deepEqual(world.browser.complaints, []);
  });

  await chapter('Slipway stops in good order', async () => {
    await world.slipway.stop();
    assert.equal(world.slipway.process.exitCode, 0);
    assert.deepEqual(await world.slipway.alarms(), []);
  });
});
