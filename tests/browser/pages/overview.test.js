// SPDX-License-Identifier: Apache-2.0
// Home, builders, pending requests and the wall.
import assert from 'node:assert/strict';
import { by, pageTest, signIn } from '../lib/pagetest.js';
import { until } from '../lib/waiting.js';

const NAMES = ['api', 'docs', 'frontend', 'integration', 'nightly', 'package-deb', 'package-rpm', 'release'];

const configuration = ({ url, pipe }) => `title: Harbour
url: ${url}
projects: [{name: app}, {name: site}]
schedulers:
  - {type: force, name: force, builders: [${NAMES.join(', ')}, slow, stuck]}
builders:
${NAMES.map((name, i) => `  - {name: ${name}, project: ${i % 2 ? 'site' : 'app'}, tags: [${i < 4 ? 'core' : 'packages'}], steps: [{run: "true"}]}`).join('\n')}
  - {name: slow, tags: [core], steps: [{run: 'read line < ${pipe}', name: wait}]}
  - {name: stuck, worker_labels: {os: plan9}, steps: [{run: "true"}]}
`;

/** Forty builds of each builder, an hour apart, as a database has them after some days. */
const SEED = `
  WITH made AS (
    INSERT INTO buildsets (reason, scheduler, submitted_at, open_requests, complete, complete_at, results)
    SELECT 'seed', 'force', now() - make_interval(hours => 41 - n), 0, true, now() - make_interval(hours => 41 - n), 0
      FROM generate_series(1, 40) n RETURNING bsid, submitted_at),
  asked AS (
    INSERT INTO buildrequests (buildsetid, builderid, submitted_at, claimed, claimed_at, complete, complete_at, results)
    SELECT m.bsid, b.builderid, m.submitted_at, true, m.submitted_at, true, m.submitted_at, 0
      FROM made m CROSS JOIN builders b WHERE b.name NOT IN ('slow', 'stuck') ORDER BY m.submitted_at, b.builderid RETURNING buildrequestid, builderid, submitted_at)
  INSERT INTO builds (number, builderid, buildrequestid, workerid, config_version, attempt, token, started_at, complete, complete_at,
                      results, state_string)
  SELECT row_number() OVER (PARTITION BY builderid ORDER BY buildrequestid), builderid, buildrequestid, 1, 1, 1, 't', submitted_at, true,
         submitted_at + make_interval(secs => 60 + 37 * (buildrequestid % 9)),
         CASE WHEN builderid % 5 = 2 AND buildrequestid % 4 < 2 THEN 2 WHEN buildrequestid % 11 = 0 THEN 2
              WHEN buildrequestid % 7 = 0 THEN 1 ELSE 0 END, 'build finished'
    FROM asked ORDER BY buildrequestid`;

pageTest('overview', { configuration }, async (chapter, { world, visitor, everyLook }) => {
  const page = await visitor();

  await chapter('a new installation shows the way to its first build', async () => {
    await page.goto('#/');
    await by(page, 'recent-builds').getByText('No build has run yet').waitFor();
    assert.equal(await by(page, 'start').count(), 0, 'it has builders already');
  });

  await chapter('home shows what runs, waits and failed', async () => {
    await world.slipway.sql(SEED);
    for (const name of ['slow', 'stuck', 'stuck']) {
      await world.slipway.api('forceschedulers/force', { method: 'force', params: { builderNames: [name] } });
    }
    await by(page, 'running-row').filter({ hasText: 'slow #1' }).waitFor();
    await by(page, 'pending').getByRole('link', { name: 'stuck' }).waitFor();
    await page.reload();
    await by(page, 'failure-row').first().waitFor();
    await everyLook('#/', 'home-busy', async (each) => {
      await by(each, 'failure-row').first().waitFor();
      await by(each, 'why-waiting').first().waitFor();
    });
  });

  await chapter('builders have bars, health and what they do', async () => {
    await page.goto('#/builders');
    await by(page, 'builder-row').filter({ hasText: 'api' }).locator('.bar').nth(19).waitFor();
    assert.equal(await by(page, 'builder-row').count(), 10);
    await everyLook('#/builders', 'builders-busy', (each) => by(each, 'builder-row').filter({ hasText: 'api' }).locator('.bar').first().waitFor());
  });

  await chapter('a builder draws how long its builds took, and leads to each', async () => {
    await page.goto('#/builders/6');
    const chart = by(page, 'duration-chart');
    await chart.locator('canvas').waitFor();
    await chart.getByText(/40 builds, \d+ % good, usually/).waitFor();
    await everyLook('#/builders/6', 'builder-chart', (each) => by(each, 'duration-chart').locator('canvas').waitFor());
    const box = await chart.locator('.u-over').boundingBox();
    // The newest build is at the right end; its height is not known, so that the pointer goes down to it.
    for (let y = 4; y < box.height; y += 8) {
      await page.mouse.move(box.x + box.width - 2, box.y + y);
      if (await chart.getByText(/^#40: /).count()) break;
    }
    await chart.getByText(/^#40: /).waitFor();
    await page.mouse.down();
    await page.mouse.up();
    await page.waitForURL(/builds\/40/);
    await page.goto('#/builders');
  });

  await chapter('the address holds what is looked for', async () => {
    await by(page, 'find-builder').fill('package');
    await page.waitForURL(/q=package/);
    await by(page, 'builder-row').filter({ hasText: 'api' }).waitFor({ state: 'detached' });
    assert.equal(await by(page, 'builder-row').count(), 2);
    await page.goto('#/builders?tags=-core');
    await by(page, 'builder-row').filter({ hasText: 'api' }).waitFor({ state: 'detached' });
    assert.equal(await by(page, 'builder-row').count(), 5);
  });

  await chapter('pending requests tell why, and can be moved and cancelled', async () => {
    await page.goto('#/pendingbuildrequests');
    await by(page, 'why-waiting').filter({ hasText: /label|os=plan9|plan9/ }).first().waitFor();
    assert.equal(await by(page, 'request-row').count(), 2);
    await everyLook('#/pendingbuildrequests', 'pending', (each) => by(each, 'why-waiting').nth(1).waitFor());
    await by(page, 'change-priority').last().click();
    await by(page, 'priority').fill('7');
    await by(page, 'save-priority').click();
    await signIn(page, world.slipway.token);
    await by(page, 'request-row').first().filter({ hasText: '7' }).waitFor();
    await by(page, 'choose-all').check();
    await by(page, 'cancel-chosen').click();
    await by(page, 'confirm-button').click();
    await by(page, 'empty-state').waitFor();
  });

  await chapter('the wall shows what fails first', async () => {
    await page.goto('#/dashboard');
    await by(page, 'tile').first().filter({ hasText: 'failing since' }).waitFor();
    await everyLook('#/dashboard', 'wall', (each) => by(each, 'tile').first().waitFor());
  });

  await chapter('10,000 builders are listed as readily as ten', async () => {
    await world.slipway.sql(`INSERT INTO builders (name, active, tags) SELECT 'many-' || n, true, '{many}' FROM generate_series(1, 10000) n`);
    await page.goto('#/builders?tags=many');
    await page.reload();
    await by(page, 'builder-row').filter({ hasText: 'many-1' }).first().waitFor();
    const drawn = await by(page, 'builder-row').count();
    assert.ok(drawn < 80, `${drawn} rows are drawn`);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await until('the last builder to be drawn', () => page.getByText('many-10000').count());
  });

  await chapter('the slow build ends', async () => {
    await world.pipe.open();
    await world.pipe.say('go');
    await page.goto('#/');
    await by(page, 'running-builds').getByText('Nothing is running').waitFor();
  });
});
