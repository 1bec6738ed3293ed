// SPDX-License-Identifier: Apache-2.0
// Workers, one worker, schedulers, the configuration and about.
import assert from 'node:assert/strict';
import { picture } from '../lib/browser.js';
import { by, fits, isAccessible, pageTest, signIn } from '../lib/pagetest.js';
import { until } from '../lib/waiting.js';

const configuration = ({ url, pipe }) => `title: Harbour
url: ${url}
schedulers:
  - {type: nightly, name: night, cron: '30 3 * * *', builders: [docs]}
  - {type: periodic, name: hourly, period: 1h, builders: [app]}
  - {type: any_branch, name: every-branch, builders: [app, docs]}
  - {type: force, name: force, builders: [app, docs, slow]}
  - {type: force, name: force-docs, builders: [docs]}
builders:
  - {name: app, steps: [{run: "true"}]}
  - {name: docs, steps: [{run: "true"}]}
  - {name: slow, steps: [{run: 'read line < ${pipe}', name: wait}]}
  - {name: elsewhere, workers: [mac-1], steps: [{run: "true"}]}
workers:
${Array.from({ length: 1000 }, (_, i) => `  - {name: linux-${String(i + 1).padStart(4, '0')}, password: p, max_builds: 4, labels: {os: linux, zone: ${'abc'[i % 3]}}}`).join('\n')}
  - {name: mac-1, password: p, labels: {os: macos}}
`;

/** Builds over the last hours, as a plant has them that is in use. */
const SEED = `
  UPDATE workers SET connected = true, last_seen_at = now(), slots = 4, session = 1,
         info = '{"admin": "Ops <ops@example.org>", "host": "rack-7.example.org", "access_uri": null, "version": "1.0"}'
   WHERE name IN ('linux-0001', 'linux-0002', 'linux-0003');
  UPDATE workers SET paused = true, pause_reason = 'disk is being replaced' WHERE name = 'linux-0002';
  WITH made AS (
    INSERT INTO buildsets (reason, scheduler, submitted_at, open_requests, complete, complete_at, results)
    SELECT 'seed', 'every-branch', now() - make_interval(mins => 6 * (61 - n)), 0, true, now(), 0 FROM generate_series(1, 60) n
    RETURNING bsid, submitted_at),
  asked AS (
    INSERT INTO buildrequests (buildsetid, builderid, submitted_at, claimed, claimed_at, complete, complete_at, results)
    SELECT m.bsid, b.builderid, m.submitted_at, true, m.submitted_at, true, m.submitted_at, 0
      FROM made m JOIN builders b ON b.name = CASE WHEN m.bsid % 3 = 0 THEN 'docs' ELSE 'app' END ORDER BY m.submitted_at RETURNING buildrequestid, builderid, submitted_at)
  INSERT INTO builds (number, builderid, buildrequestid, workerid, config_version, attempt, token, started_at, complete, complete_at,
                      results, state_string)
  SELECT 1000 + row_number() OVER (PARTITION BY builderid ORDER BY buildrequestid), builderid, buildrequestid,
         (SELECT workerid FROM workers WHERE name = 'linux-0001'), 1, 1, 't', submitted_at, true,
         submitted_at + make_interval(secs => 200 + 97 * (buildrequestid % 7)), CASE WHEN buildrequestid % 9 = 0 THEN 2 ELSE 0 END, 'build finished'
    FROM asked ORDER BY buildrequestid`;

/** Their agents do not run here, so that they would soon count as lost. */
const ALIVE = "UPDATE workers SET connected = true, last_seen_at = now() WHERE name IN ('linux-0001', 'linux-0002', 'linux-0003')";

const row = (page, id, text) => by(page, id).filter({ hasText: text });

pageTest('plant', { configuration }, async (chapter, { world, visitor, everyLook }) => {
  const page = await visitor();
  const { slipway } = world;

  await chapter('a thousand workers are a list that finds and filters', async () => {
    await slipway.sql(SEED);
    await slipway.api('forceschedulers/force', { method: 'force', params: { builderNames: ['slow'] } });
    await page.goto('#/workers');
    await row(page, 'worker-row', 'linux-0001').waitFor();
    assert.ok((await by(page, 'worker-row').count()) < 60, 'all rows are drawn');
    await page.getByText('1002 workers').waitFor();
    await by(page, 'find-worker').fill('zone=b macos');
    await page.getByText('No worker matches').waitFor();
    await by(page, 'find-worker').fill('rack-7');
    await by(page, 'filter-state').selectOption('paused');
    await row(page, 'worker-row', 'disk is being replaced').waitFor();
    assert.equal(await by(page, 'worker-row').count(), 1);
    assert.match(page.url(), /q=rack-7&state=paused/);
    await page.goto('#/workers?state=busy');
    await row(page, 'worker-row', 'slow #1').filter({ hasText: 'local-1' }).waitFor();
  });

  await chapter('workers hold in every look', () =>
    everyLook('#/workers', 'workers', async (each) => {
      await slipway.sql(ALIVE);
      await each.reload();
      await row(each, 'worker-row', 'linux-0002').waitFor();
      await by(each, 'load-chart').waitFor();
    }));

  await chapter('several workers are paused at once, with a reason', async () => {
    await slipway.sql(ALIVE);
    await page.goto('#/workers?q=linux-000');
    for (const name of ['linux-0001', 'linux-0003']) await row(page, 'worker-row', name).getByTestId('choose-worker').check();
    await page.getByText('2 workers chosen').waitFor();
    await by(page, 'pause-button').click();
    await by(page, 'confirm-dialog').getByLabel('Reason').fill('kernel update');
    await by(page, 'confirm-button').click();
    await signIn(page, slipway.token);
    for (const name of ['linux-0001', 'linux-0003']) await row(page, 'worker-row', name).filter({ hasText: 'kernel update' }).waitFor();
    await row(page, 'worker-row', 'linux-0001').getByTestId('choose-worker').check();
    await by(page, 'resume-button').click();
    await row(page, 'worker-row', 'linux-0001').filter({ hasText: 'connected' }).waitFor();
  });

  await chapter('one that shuts down can be ended at once', async () => {
    await slipway.sql(ALIVE);
    await page.goto('#/workers/linux-0003');
    await by(page, 'worker-state').filter({ hasText: 'paused' }).waitFor();
    assert.equal(await by(page, 'kill-button').count(), 0);
    await by(page, 'shutdown-button').click();
    await by(page, 'confirm-button').click();
    await by(page, 'kill-button').click();
    await by(page, 'confirm-dialog').getByLabel('Reason').fill('its disk smokes');
    await by(page, 'confirm-button').click();
    await page.getByText('Ends now: linux-0003').waitFor();
  });

  await chapter('a worker says what it does, and why it does nothing', async () => {
    await page.goto('#/workers?q=mac-1');
    await page.getByRole('link', { name: 'mac-1' }).click();
    await by(page, 'worker-why').getByText('It is not connected').waitFor();
    await slipway.sql(ALIVE);
    await page.goto('#/workers/linux-0002');
    await by(page, 'worker-why').getByText('disk is being replaced').waitFor();
    await page.goto('#/workers/linux-0001?hours=6');
    await by(page, 'lanes').locator('[data-status=failure]').first().waitFor();
    await by(page, 'served').getByRole('link', { name: 'docs' }).waitFor();
  });

  await chapter('a worker holds in every look', () =>
    everyLook('#/workers/linux-0001', 'worker', async (each) => {
      await slipway.sql(ALIVE);
      await each.reload();
      await by(each, 'lanes').locator('a').first().waitFor();
      await by(each, 'build-row').first().waitFor();
    }));

  await chapter('schedulers tell when they fire, and are switched', async () => {
    await page.goto('#/schedulers');
    await row(page, 'scheduler-row', 'night').getByTestId('next-fire').getByText(/in \d+ (hr|min|hour)/).waitFor();
    await row(page, 'scheduler-row', 'every-branch').getByRole('link', { name: 'docs' }).waitFor();
    await row(page, 'scheduler-row', 'slow').getByTestId('scheduler-force').click();
    await by(page, 'force-choice').getByRole('link', { name: 'slow' }).waitFor();
    await page.keyboard.press('Escape');
    const hourly = row(page, 'scheduler-row', 'hourly');
    await hourly.getByTestId('scheduler-switch').click();
    await page.locator('[data-testid=scheduler-row][data-state=off]').filter({ hasText: 'hourly' }).waitFor();
    assert.equal(await hourly.getByTestId('next-fire').textContent(), '–');
    await row(page, 'scheduler-row', 'force-docs').getByTestId('scheduler-force').click();
    await by(page, 'force-dialog').waitFor();
  });

  await chapter('schedulers hold in every look', () =>
    everyLook('#/schedulers', 'schedulers', (each) => row(each, 'scheduler-row', 'night').waitFor()));

  await chapter('the configuration asks who looks', () =>
    everyLook('#/config', 'config-anonymous', (each) => by(each, 'empty-state').waitFor()));

  await chapter('the configuration has versions, differences, and a way back', async () => {
    const text = configuration({ url: slipway.url, pipe: world.pipe.path });
    await slipway.apply(text.replace('period: 1h', 'period: 2h').replace('title: Harbour', 'title: Harbour # the second'), 'Build hourly ones half as often');
    await page.goto('#/config');
    await by(page, 'config-version').nth(1).waitFor();
    await by(page, 'diff').locator('.diff-added').filter({ hasText: 'period: 2h' }).waitFor();
    await picture(page, 'config-light');
    await by(page, 'tab-yaml').click();
    await by(page, 'yaml').getByText('Harbour').first().waitFor();
    await picture(page, 'config-yaml');
    await by(page, 'config-version').nth(1).click();
    await by(page, 'roll-back').click();
    await by(page, 'confirm-button').click();
    await page.waitForURL(/#\/config\/3$/);
    await by(page, 'diff').locator('.diff-removed').filter({ hasText: 'period: 2h' }).waitFor();
    assert.equal(await by(page, 'config-version').count(), 3);
    await by(page, 'against').selectOption('1');
    await page.getByText('Both versions are the same').waitFor();
  });

  await chapter('about tells of every service', async () => {
    await page.goto('#/about');
    await until('all services to be heard of', async () => (await by(page, 'replica-row', '[data-state=alive]').count()) >= 5, { seconds: 30 });
    await by(page, 'about-database').waitFor();
    await picture(page, 'about-admin');
    await everyLook('#/about', 'about', (each) => by(each, 'replica-row').first().waitFor());
  });

  await chapter('what only who signs in sees holds in every look', async () => {
    for (const [look, size] of [['dark', { width: 1280, height: 800 }], ['phone', { width: 390, height: 844 }]]) {
      await page.emulateMedia({ colorScheme: look === 'dark' ? 'dark' : 'light' });
      await page.setViewportSize(size);
      await page.goto('#/config/2');
      await by(page, 'diff').waitFor();
      await fits(page);
      await isAccessible(page);
      await picture(page, `config-${look}`);
    }
  });
});
