// SPDX-License-Identifier: Apache-2.0
// The console and the grid, with pushes on two branches.
import assert from 'node:assert/strict';
import { by, pageTest } from '../lib/pagetest.js';

const PLATFORMS = ['linux', 'macos', 'windows'];
const NAMES = PLATFORMS.flatMap((platform) => ['debug', 'release'].map((kind) => `${platform}-${kind}`));

const configuration = ({ url }) => `title: Harbour
url: ${url}
web_hooks: {base: {}}
schedulers:
  - {type: force, name: force, builders: [late]}
builders:
${NAMES.map((name) => `  - {name: ${name}, tags: [${name.split('-')[0]}], steps: [{run: "true"}]}`).join('\n')}
  - {name: lint, steps: [{run: "true"}]}
  - {name: late, steps: [{run: "true"}]}
`;

const COMMENTS = ['Simplify addition', 'Keep the log open', 'Say what is wrong', 'Move the rules into a table', 'Read the file once', 'Mend a leak', 'Name the parts', 'Add a bench'];
const revision = (n) => `${n}`.padStart(2, '0').repeat(20);

/** Each push builds every builder but, for a change in three, those of Windows. */
const seed = `
  WITH made AS (
    INSERT INTO buildsets (reason, scheduler, submitted_at, open_requests, complete, complete_at, results)
    SELECT n::text, 'force', now() - make_interval(mins => 90 - 10 * n), 0, true, now() - make_interval(mins => 88 - 10 * n), 0
      FROM generate_series(1, 8) n RETURNING bsid, submitted_at, reason::int AS n),
  asked AS (
    INSERT INTO buildrequests (buildsetid, builderid, submitted_at, claimed, claimed_at, complete, complete_at, results)
    SELECT m.bsid, b.builderid, m.submitted_at, true, m.submitted_at, true, m.submitted_at, 0
      FROM made m CROSS JOIN builders b WHERE b.name <> 'late' AND NOT (b.name LIKE 'windows%' AND m.n % 3 = 0) ORDER BY m.n, b.builderid
    RETURNING buildrequestid, buildsetid, builderid, submitted_at)
  INSERT INTO builds (number, builderid, buildrequestid, workerid, config_version, attempt, token, started_at, complete, complete_at,
                      results, state_string, properties)
  SELECT row_number() OVER (PARTITION BY a.builderid ORDER BY a.buildrequestid), a.builderid, a.buildrequestid, 1, 1, 1, 't', a.submitted_at, true,
         a.submitted_at + interval '100 s', CASE WHEN (a.buildrequestid + a.builderid) % 7 = 0 THEN 2 WHEN a.buildrequestid % 9 = 0 THEN 1 ELSE 0 END, 'done',
         jsonb_build_object('branch', jsonb_build_array(CASE WHEN m.n % 4 = 0 THEN 'topic' ELSE 'main' END, 'Build'),
                            'revision', jsonb_build_array(repeat(lpad(m.n::text, 2, '0'), 20), 'Build'))
    FROM asked a JOIN made m ON m.bsid = a.buildsetid ORDER BY a.buildrequestid`;

pageTest('console', { configuration }, async (chapter, { world, visitor, everyLook }) => {
  const page = await visitor();

  await chapter('says what it would show', async () => {
    await page.goto('#/console');
    await by(page, 'empty-state').waitFor();
    await page.goto('#/grid');
    await by(page, 'empty-state').waitFor();
  });

  await chapter('changes have a row, tags a group, and each cell the builds', async () => {
    for (const [i, comments] of COMMENTS.entries()) {
      const n = i + 1;
      const body = new URLSearchParams({
        author: `${['Ada Lovelace', 'Grace Hopper', 'Edsger Dijkstra'][i % 3]} <who@example.org>`, comments, revision: revision(n), branch: n % 4 === 0 ? 'topic' : 'main',
        repository: 'https://git.example/app.git', when: String(Math.floor(Date.now() / 1000) - 5400 + 600 * n),
      });
      const answer = await fetch(new URL('change_hook/base', world.slipway.url), { method: 'POST', body });
      assert.ok(answer.ok, await answer.text());
    }
    await world.slipway.sql(seed);
    await page.goto('#/console');
    await page.reload();
    await by(page, 'console-row').nth(7).waitFor();
    await by(page, 'console-row').filter({ hasText: 'Add a bench' }).locator('[data-testid=build-bubble]').nth(6).waitFor();
    assert.deepEqual((await by(page, 'tag-group').allInnerTexts()).map((text) => text.trim().slice(2)).sort(), PLATFORMS);
    await everyLook('#/console', 'console', (each) => by(each, 'console-row').nth(7).getByText('Simplify addition').waitFor());
  });

  await chapter('a group closes into one column, and the address says so', async () => {
    await by(page, 'tag-group').filter({ hasText: 'linux' }).click();
    await page.waitForURL(/closed=linux/);
    await page.getByText('2 builders').waitFor();
  });

  await chapter('a branch narrows the changes', async () => {
    await page.goto('#/console?branch=topic');
    await by(page, 'console-row').nth(2).waitFor({ state: 'detached' });
    await by(page, 'console-row').nth(1).waitFor();
    assert.equal(await by(page, 'console-row').count(), 2);
  });

  await chapter('the grid has the newest revisions, or the branches', async () => {
    await page.goto('#/grid');
    await by(page, 'grid-row').nth(6).waitFor();
    assert.equal(await page.locator('[data-testid=grid] thead th').count(), 6);
    await everyLook('#/grid', 'grid', (each) => by(each, 'grid-row').nth(6).waitFor());
    await by(page, 'by-branch').click();
    await page.waitForURL(/by=branch/);
    await page.getByRole('columnheader', { name: 'topic' }).waitFor();
    assert.equal(await page.locator('[data-testid=grid] thead th').count(), 3);
    await page.goto('#/grid?branch=topic');
    await page.locator('[data-testid=grid] thead th').nth(3).waitFor({ state: 'detached' });
  });

  await chapter('a build appears in its row by itself', async () => {
    await page.goto('#/grid');
    const { result } = await world.slipway.api('forceschedulers/force', { method: 'force', params: { builderNames: ['late'], revision: revision(8), branch: 'main' } });
    assert.ok(result);
    await by(page, 'grid-row').filter({ hasText: 'late' }).locator('[data-testid=build-bubble]').waitFor();
  });
});
