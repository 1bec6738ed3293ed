// SPDX-License-Identifier: Apache-2.0
// Changes, projects and deliveries.
import assert from 'node:assert/strict';
import { by, pageTest, signIn } from '../lib/pagetest.js';

const configuration = ({ url, repository }) => `title: Harbour
url: ${url}
web_hooks: {base: {}}
change_sources: [{type: git_poller, repository: '${repository}', branches: [main], poll_interval: 1s, project: harbour}]
projects:
  - {name: harbour, description: 'Ships *everything* that floats. See [the plan](https://example.org/plan).', description_format: markdown}
  - {name: quay, description: Where ships are made fast}
schedulers:
  - {type: any_branch, name: every-branch, builders: [app, docs]}
  - {type: single_branch, name: release, change_filter: {branch: release}, builders: [package]}
builders:
  - {name: app, project: harbour, tags: [core], steps: [{run: "true"}]}
  - {name: docs, project: harbour, steps: [{run: "false"}]}
  - {name: package, project: quay, steps: [{run: "true"}]}
`;

const row = (page, id, text) => by(page, id).filter({ hasText: text });

pageTest('sources', { configuration }, async (chapter, { world, visitor, everyLook }) => {
  const page = await visitor();
  const { slipway, repository } = world;
  const report = (form) => page.request.post('/change_hook/base', { form });

  await chapter('an empty list teaches the next step', async () => {
    await page.goto('#/changes');
    await by(page, 'empty-state').getByText('slipway send-change').waitFor();
  });

  await chapter('changes come with their builds', async () => {
    await repository.push('Tie the ropes twice\n\nOnce was not enough in a storm.', { ropes: 'two\n', 'knots.txt': 'bowline\n' });
    await row(page, 'change-row', 'Tie the ropes twice').locator('[data-testid=build-bubble][data-status=success]').waitFor({ timeout: 40_000 });
    await row(page, 'change-row', 'Tie the ropes twice').locator('[data-testid=build-bubble][data-status=failure]').waitFor();
    const answer = await report({
      author: 'Grace Hopper <grace@example.org>', comments: 'Paint the buoys', revision: 'a1b2c3', branch: 'paint', repository: 'https://git.example.org/buoys',
      files: '["buoys/red.txt"]', project: 'quay', revlink: 'https://git.example.org/buoys/a1b2c3',
    });
    assert.ok(answer.ok(), String(answer.status()));
    await row(page, 'change-row', 'Paint the buoys').waitFor();
  });

  await chapter('the address has the filter', async () => {
    await row(page, 'change-row', 'Paint the buoys').getByRole('link', { name: 'paint', exact: true }).click();
    await page.waitForURL(/branch=paint/);
    await row(page, 'change-row', 'Tie the ropes twice').waitFor({ state: 'detached' });
    await by(page, 'filter-branch').fill('nowhere');
    await page.keyboard.press('Enter');
    await page.getByText('No change matches').waitFor();
  });

  await chapter('changes hold in every look', () =>
    everyLook('#/changes', 'changes', (each) => row(each, 'change-row', 'Tie the ropes').getByTestId('build-bubble').first().waitFor()));

  await chapter('a change tells what became of it, and why', async () => {
    await page.goto('#/changes');
    await page.getByRole('link', { name: 'Tie the ropes twice' }).click();
    await by(page, 'change-why').getByRole('link', { name: 'release' }).waitFor();
    await by(page, 'change-builds').getByTestId('build-row').nth(1).waitFor();
    await by(page, 'change-deliveries').getByTestId('delivery-row').first().waitFor();
    await page.getByText('knots.txt').waitFor();
    await page.getByText('Once was not enough').waitFor();
    const address = page.url();
    await everyLook(address, 'change', (each) => by(each, 'change-builds').getByTestId('build-row').first().waitFor());
  });

  await chapter('a change that is not there is not found', () =>
    world.browser.expecting([/404.*changes\/999/], async () => {
      await page.goto('#/changes/999');
      await by(page, 'not-found').waitFor();
    }));

  await chapter('projects have their builders, changes and builds', async () => {
    await page.goto('#/projects');
    await row(page, 'project-row', 'harbour').filter({ hasText: '2 builders' }).getByRole('link', { name: 'harbour' }).click();
    await row(page, 'builder-row', 'docs').getByTestId('bars').waitFor();
    await row(page, 'change-row', 'Tie the ropes twice').waitFor();
    await by(page, 'project-builds').getByTestId('build-row').first().waitFor();
    await page.locator('.description em').waitFor();
    const address = page.url();
    await everyLook('#/projects', 'projects', (each) => row(each, 'project-row', 'quay').waitFor());
    await everyLook(address, 'project', (each) => row(each, 'builder-row', 'docs').getByTestId('bars').waitFor());
  });

  await chapter('deliveries are filtered, and one is read again', async () => {
    await page.goto('#/deliveries?kind=hook');
    await by(page, 'delivery-row').first().waitFor();
    await by(page, 'delivery-row').first().getByRole('link').first().click();
    await by(page, 'replay').click();
    await signIn(page, slipway.token);
    await by(page, 'replays').getByTestId('delivery-row').waitFor();
    const address = page.url();
    await everyLook('#/deliveries', 'deliveries', (each) => by(each, 'delivery-row').first().waitFor());
    await everyLook(address, 'delivery', (each) => by(each, 'replays').waitFor());
  });
});
