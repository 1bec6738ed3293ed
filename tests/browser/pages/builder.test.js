// SPDX-License-Identifier: Apache-2.0
// The page of a builder: builds of a branch, tests over many builds, its configuration and badge, requests cancelled at once.
import assert from 'node:assert/strict';
import { by, pageTest, signIn } from '../lib/pagetest.js';

const configuration = ({ url, pipe }) => `title: Harbour
url: ${url}
schedulers:
  - {type: force, name: force, builders: [engine, hold]}
builders:
  # The one that everything else waits for.
  - name: engine
    tags: [core]
    steps:
      - run: "true"   # quick
  - {name: hold, collapse_requests: false, steps: [{run: 'read line < ${pipe}', name: hold}], locks: [crane]}
locks: [{name: crane, max_count: 1}]
`;

/** 60 builds of two branches; "moors" fails each third time, "floats" since #50. */
const SEED = `
  WITH made AS (INSERT INTO buildsets (reason, scheduler, submitted_at, open_requests, complete, complete_at, results)
      SELECT 'push', 'force', now() - make_interval(hours => 61 - n), 0, true, now(), 0 FROM generate_series(1, 60) n RETURNING bsid, submitted_at),
  asked AS (INSERT INTO buildrequests (buildsetid, builderid, submitted_at, claimed, claimed_at, complete, complete_at, results)
      SELECT m.bsid, b.builderid, m.submitted_at, true, m.submitted_at, true, m.submitted_at, 0
        FROM made m CROSS JOIN builders b WHERE b.name = 'engine' ORDER BY m.submitted_at RETURNING buildrequestid, builderid, submitted_at),
  built AS (INSERT INTO builds (number, builderid, buildrequestid, workerid, config_version, attempt, token, started_at, complete, complete_at, results, state_string, properties)
      SELECT row_number() OVER (ORDER BY buildrequestid), builderid, buildrequestid, 1, 1, 1, 't', submitted_at, true,
             submitted_at + make_interval(secs => 100 + 7 * (buildrequestid % 20)), CASE WHEN buildrequestid % 3 = 0 THEN 2 ELSE 0 END, 'done',
             jsonb_build_object('branch', jsonb_build_array(CASE WHEN buildrequestid % 5 = 0 THEN 'release' ELSE 'main' END, 'Build'))
        FROM asked ORDER BY buildrequestid RETURNING buildid, number, builderid, started_at),
  stepped AS (INSERT INTO steps (buildid, number, name, started_at, complete, complete_at, results, state_string)
      SELECT buildid, 0, 'test', started_at, true, started_at, 0, 'done' FROM built ORDER BY buildid RETURNING stepid, buildid),
  sets AS (INSERT INTO test_result_sets (builderid, buildid, stepid, description, category, value_unit, tests_passed, tests_failed, complete)
      SELECT b.builderid, b.buildid, s.stepid, 'unit tests', 'pass_fail', 'boolean', 1, 1, true
        FROM built b JOIN stepped s USING (buildid) ORDER BY b.buildid RETURNING test_result_setid, buildid, builderid)
  INSERT INTO test_results (builderid, test_result_setid, test_name, value, duration_ns)
      SELECT b.builderid, s.test_result_setid, t.name,
             CASE WHEN t.name = 'harbour.moors' AND b.number % 3 = 0 OR t.name = 'harbour.floats' AND b.number >= 50 THEN '0' ELSE '1' END,
             t.ms * 1000000::bigint + b.number * 10000000
        FROM built b JOIN sets s USING (buildid) CROSS JOIN (VALUES ('harbour.moors', 400), ('harbour.floats', 90), ('harbour.sails', 2500)) t (name, ms)
       ORDER BY b.buildid`;

pageTest('builder', { configuration }, async (chapter, { world, visitor, everyLook }) => {
  const page = await visitor();
  const { slipway } = world;
  let address;

  await chapter('says what it would show', async () => {
    await page.goto('#/builders');
    await page.getByRole('link', { name: 'engine', exact: true }).click();
    await page.getByText('This builder has not built anything yet.').waitFor();
    address = page.url().replace(/^.*#/, '#');
    await by(page, 'tab-tests').click();
    await page.getByText('No test changed its mind lately.').waitFor();
  });

  await chapter('builds of one branch, with one result', async () => {
    await slipway.sql(SEED);
    await page.goto(address);
    await page.reload();
    await by(page, 'build-row').nth(49).waitFor();
    await by(page, 'filter-branch').selectOption('release');
    await page.waitForURL(/branch=release/);
    await page.getByText('12 of the last 60 builds').waitFor();
    await by(page, 'filter-result').selectOption('failure');
    await page.waitForURL(/branch=release&result=failure/);
    await page.getByText('4 of the last 60 builds').waitFor();
    assert.equal(await by(page, 'build-row').count(), 4);
    await by(page, 'filter-result').selectOption('exception');
    await page.getByText('None of the last 60 builds matches.').waitFor();
  });

  await chapter('tests that change their mind, that fail, that are slow', async () => {
    await by(page, 'tab-tests').click();
    const lines = by(page, 'test-line');
    await lines.filter({ hasText: 'harbour.moors' }).filter({ hasText: '20/60' }).waitFor();
    assert.equal(await lines.count(), 1);
    await by(page, 'filter-only').selectOption('failing');
    await lines.filter({ hasText: 'harbour.floats' }).filter({ hasText: 'failing since #50' }).waitFor();
    await by(page, 'filter-only').selectOption('slow');
    await lines.nth(2).waitFor();
    assert.match(await lines.first().textContent(), /harbour\.sails/);
    await by(page, 'filter-q').fill('moo');
    await by(page, 'filter-q').press('Enter');
    await page.waitForURL(/q=moo/);
    await lines.nth(1).waitFor({ state: 'detached' });
  });

  await chapter('a test opened shows its last runs', async () => {
    await by(page, 'test-line').getByRole('link').click();
    await page.waitForURL(/test=harbour\.moors/);
    await by(page, 'test-history').waitFor();
    assert.equal(await by(page, 'test-history').locator('.bar').count(), 20);
    await page.goto(`${address}?tab=tests&test=harbour.sails`);
    await by(page, 'test-history').waitFor();
    assert.equal(await by(page, 'test-line').count(), 1);
  });

  await chapter('its configuration as it is written, for those who may see it', async () => {
    await by(page, 'tab-config').click();
    await by(page, 'badge').getByText(/badges\/engine\.svg/).waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await signIn(page, slipway.token);
    const yaml = by(page, 'builder-config');
    await yaml.getByText('# quick').waitFor();
    assert.equal(await yaml.getByText('hold').count(), 0);
  });

  await chapter('requests that wait are cancelled at once', async () => {
    const [{ builderid }] = (await slipway.api('builders/hold')).builders;
    for (let i = 0; i < 4; i++) await slipway.api('forceschedulers/force', { method: 'force', params: { builderNames: ['hold'], reason: `voyage ${i}` } });
    await page.goto(`#/builders/${builderid}`);
    await by(page, 'request-row').nth(2).waitFor();
    await by(page, 'cancel-all').click();
    await by(page, 'confirm-dialog').getByText('Cancel 3 requests?').waitFor();
    await by(page, 'confirm-button').click();
    await page.getByText('No requests are waiting.').waitFor();
    await by(page, 'build-row').locator('[data-status=running]').waitFor();
    await world.pipe.open();
    await world.pipe.say('go');
    await by(page, 'build-row').locator('[data-status=success]').waitFor();
  });

  await chapter('keys lead to the tabs', async () => {
    await page.keyboard.press('2');
    await page.waitForURL(/tab=tests/);
    await page.keyboard.press('1');
    await by(page, 'builds').waitFor();
  });

  await chapter('looks well', async () => {
    await everyLook(address, 'builder', (each) => by(each, 'build-row').nth(20).waitFor());
    await everyLook(`${address}?tab=tests&only=all&test=harbour.moors`, 'builder-tests', (each) => by(each, 'test-history').waitFor());
    await everyLook(`${address}?tab=config`, 'builder-config', (each) => by(each, 'badge').waitFor());
  });
});
