// SPDX-License-Identifier: Apache-2.0
// The page of a build: its steps on a time line, waits for locks, triggered builds, tests with their past, keys.
import assert from 'node:assert/strict';
import { by, pageTest, signIn } from '../lib/pagetest.js';

const configuration = ({ url, repository, pipe }) => `title: Harbour
url: ${url}
change_sources: [{type: git_poller, repository: '${repository}', branches: [main], poll_interval: 1s}]
locks: [{name: crane, max_count: 1}]
schedulers:
  - {type: single_branch, name: main, change_filter: {branch: main}, builders: [engine]}
  - {type: force, name: force, builders: [engine, hold]}
  - {type: triggerable, name: packages, builders: [package-amd64, package-arm64]}
builders:
  - name: engine
    steps:
      - git: {}
      - group: library
        steps:
          - {run: 'echo compiling; test "$(cat slow 2>/dev/null)" != yes || sleep 1', name: compile}
          - {run: 'echo linking', name: link, locks: [crane]}
      - trigger: {schedulers: [packages], wait_for_finish: true}
        name: packages
      - test:
          command: 'cp report.xml results.xml; ! grep "<failure" results.xml'
          reports: [{format: junit, files: [results.xml], description: unit tests}]
        name: test
      - run: echo tidied
        hide_step_if: result == SUCCESS
        always_run: true
  - {name: package-amd64, steps: [{run: echo packed}]}
  - {name: package-arm64, steps: [{run: echo packed}]}
  - name: hold
    steps: [{run: 'read line < ${pipe}', name: hold, locks: [crane]}]
`;

const FAILURE = '<failure message="the rope broke"/>';
const report = (moors, floats) => `<testsuite>
<testcase classname="harbour" name="moors" file="test_moor.py" line="12" time="${moors.time}">${moors.fails ? FAILURE : ''}</testcase>
<testcase classname="harbour" name="floats" file="test_float.py" line="40" time="0.8">${floats ? '' : FAILURE}</testcase>
<testcase classname="harbour" name="sinks not" time="0.1"/>
</testsuite>`;

/** A test that changes its mind, and one that fails at last. */
const PUSHES = [
  ['Lay the keel', report({ time: 0.3 }, true)],
  ['Tie the ropes twice', report({ time: 0.5, fails: true }, true)],
  ['Tie them once more\n\nOnce was not enough in a storm.', report({ time: 0.6 }, true)],
  ['Paint the hull', report({ time: 1.4, fails: true }, false)],
];

pageTest('build', { configuration }, async (chapter, { world, visitor, everyLook }) => {
  const page = await visitor();
  const { slipway, repository } = world;
  const result = (status) => by(page, 'build-result', `[data-status=${status}]`).waitFor({ timeout: 60_000 });
  const force = (name) => slipway.api('forceschedulers/force', { method: 'force', params: { builderNames: [name] } });

  await chapter('says that there is no such build', async () => {
    await world.browser.expecting([/404.*\/page/], async () => {
      await page.goto('#/builders/engine/builds/99');
      await page.getByText('There is no build #99 of a builder engine.').waitFor();
    });
  });

  await chapter('a waiting lock is told while it is waited for', async () => {
    await force('hold');
    await page.goto('#/builders');
    await page.getByRole('link', { name: 'hold', exact: true }).click();
    await by(page, 'build-row').locator('[data-status=running]').first().waitFor();
    await repository.push(PUSHES[0][0], { 'report.xml': PUSHES[0][1], slow: 'yes' });
    await page.goto('#/builders');
    await page.getByRole('link', { name: 'engine', exact: true }).click();
    await by(page, 'build-row').getByRole('link', { name: '#1', exact: true }).click({ timeout: 30_000 });
    await by(page, 'step-row', '[data-step=link]').getByText('waiting for locks').waitFor({ timeout: 30_000 });
    // Times are whole seconds: one has passed for sure once two are shown.
    await by(page, 'step-row', '[data-step=link]').locator('.duration').filter({ hasText: /^[2-9]s$/ }).waitFor();
    await world.pipe.open();
    await world.pipe.say('go');
    await result('success');
    await by(page, 'step-row', '[data-step=link]').getByText(/waited \d+s for locks/).waitFor();
    await by(page, 'step-row', '[data-step=link]').locator('.timebar-waits').waitFor({ state: 'attached' });
    await by(page, 'lock-time').waitFor();
  });

  await chapter('steps stand in their groups, with what they triggered beneath', async () => {
    await by(page, 'step-group', '[data-status=success]').filter({ hasText: 'library' }).filter({ hasText: 'compile' }).waitFor();
    const packages = by(page, 'step-row', '[data-step=packages]');
    await packages.getByTestId('triggered-build').and(page.locator('[data-status=success]')).filter({ hasText: 'package-amd64 #1' }).waitFor();
    await packages.getByTestId('triggered-build').and(page.locator('[data-status=success]')).filter({ hasText: 'package-arm64 #1' }).waitFor();
    assert.equal(await by(page, 'timebar').count(), 7);
  });

  await chapter('the first answer is the whole page of a build that is over', async () => {
    const asked = [];
    page.on('request', (request) => request.url().includes('/api/v2/') && asked.push(new URL(request.url()).pathname + new URL(request.url()).search));
    const answered = page.waitForResponse((response) => response.url().endsWith('/page'));
    await page.reload();
    await answered;
    await by(page, 'log-line').first().waitFor();
    assert.deepEqual(asked.filter((path) => /\/(steps|changes|artifacts|test_result_sets|buildsets|buildrequests)(\/\d+)?$/.test(path)), []);
  });

  await chapter('further builds come as next ones', async () => {
    for (const [i, [comments, xml]] of PUSHES.slice(1).entries()) {
      await repository.push(comments, { 'report.xml': xml, slow: 'no' });
      await page.getByRole('link', { name: 'Next ›' }).click({ timeout: 60_000 });
      await page.waitForURL(/\/builds\/\d+$/);
      await page.getByRole('heading', { level: 1, name: `engine #${i + 2}` }).waitFor();
      await result(i === 1 ? 'success' : 'failure');
    }
  });

  await chapter('failed tests tell of their past', async () => {
    await by(page, 'tab-tests').filter({ hasText: '2 failed' }).click();
    const moors = by(page, 'test-row').filter({ hasText: 'moors' });
    await moors.getByText('failed 2 of 4 runs').waitFor();
    await moors.getByText('% flaky').waitFor();
    await by(page, 'test-row').filter({ hasText: 'floats' }).getByText('new failure').waitFor();
    await moors.locator('summary').click();
    await moors.getByTestId('test-history').waitFor();
    assert.deepEqual(await moors.locator('.bar').evaluateAll((bars) => bars.map((bar) => bar.dataset.status)), ['success', 'failure', 'success', 'failure']);
    await moors.locator('.bar').nth(1).click();
    await page.getByRole('heading', { level: 1, name: 'engine #2' }).waitFor();
    await page.goBack();
    await by(page, 'all-tests').click();
    await page.waitForURL(/all=1/);
    await by(page, 'test-row').filter({ hasText: 'sinks not' }).waitFor();
  });

  await chapter('changes are those since the last success', async () => {
    await by(page, 'tab-changes').click();
    await by(page, 'change-row').filter({ hasText: 'Paint the hull' }).waitFor();
    assert.equal(await by(page, 'change-row').count(), 1);
  });

  await chapter('properties are found', async () => {
    await by(page, 'tab-properties').click();
    await by(page, 'property-table').filter({ hasText: 'got_revision' }).waitFor();
    await page.goto(`${page.url()}&q=workern`);
    await by(page, 'property-table').filter({ hasText: 'workername' }).waitFor();
    assert.equal(await by(page, 'property-table').locator('tbody tr').count(), 1);
  });

  await chapter('keys lead to steps, tabs and neighbours', async () => {
    await page.keyboard.press('1');
    await by(page, 'step-row', '[data-step=test]').locator('[aria-current]').waitFor();
    await page.keyboard.press('k');
    await by(page, 'step-row', '[data-step=packages]').locator('[aria-current]').waitFor();
    await page.keyboard.press('p');
    await page.getByRole('heading', { level: 1, name: 'engine #3' }).waitFor();
    await page.keyboard.press('n');
    await page.getByRole('heading', { level: 1, name: 'engine #4' }).waitFor();
  });

  await chapter('a rebuild says of what', async () => {
    await page.keyboard.press('r');
    await by(page, 'confirm-button').click();
    await signIn(page, slipway.token);
    await page.waitForURL(/\/builds\/5$/, { timeout: 60_000 });
    await by(page, 'rebuilt-build').filter({ hasText: 'engine #4' }).waitFor();
    await result('failure');
  });

  await chapter('looks well', async () => {
    const address = page.url().replace(/^.*#/, '#').replace(/\d+$/, '1');
    await everyLook(address, 'build', (each) => by(each, 'log-line').first().waitFor());
    await everyLook(address.replace(/1$/, '4?tab=tests'), 'build-tests', (each) => by(each, 'test-story').first().waitFor());
  });
});
