// SPDX-License-Identifier: Apache-2.0
// Buildbot's own JavaScript data client, unchanged, lists, watches and forces builds of Slipway.
import assert from 'node:assert/strict';
import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Browser } from './lib/browser.js';
import { Slipway } from './lib/slipway.js';

const HERE = fileURLToPath(new URL('client/', import.meta.url));

const configuration = (url) => `
url: ${url}
schedulers:
  - {type: force, name: force, builders: [hello]}
builders:
  - name: hello
    tags: [demo]
    steps:
      - {run: 'echo "a line"; echo "another"', name: talk}
      - {run: exit 1, name: stumble}
`;

/** A page with the client in it, served by Slipway from the place of its own UI. */
async function bundle(folder) {
  await cp(join(HERE, 'index.html'), join(folder, 'index.html'), { recursive: true });
  await build({ entryPoints: [join(HERE, 'main.js')], bundle: true, outfile: join(folder, 'client.js'), logLevel: 'warning' });
}

async function world() {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-client-'));
  await chmod(folder, 0o755);
  const slipway = new Slipway(folder);
  process.env.SLIPWAY_UI_DIR = folder;
  await bundle(folder);
  await slipway.choosePorts();
  await writeFile(join(folder, 'slipway.yaml'), configuration(slipway.url));
  await slipway.start(join(folder, 'slipway.yaml'));
  const browser = await Browser.launch();
  const page = await browser.visitor(slipway.url);
  const end = async () => {
    await browser.close().catch(() => {});
    await slipway.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { slipway, browser, page, end };
}

/** Runs in the page: the collection once it is there. It has a then() of its own, so that no promise may resolve to it. */
const load = (page, ...path) =>
  page.evaluate(async (args) => {
    const list = window.client.data.get(...args);
    await new Promise((done, fail) => {
      list.onChange = () => done();
      setTimeout(() => fail(new Error(`no answer for ${args[0]}`)), 10_000);
    });
    return JSON.parse(JSON.stringify(Array.from(list, (item) => ({ ...item, $collection: undefined, $accessor: undefined }))));
  }, path);

test("Buildbot's data client", async (t) => {
  const { slipway, browser, page, end } = await world();
  try {
    await page.goto('/');
    await page.waitForFunction(() => window.client);

    await t.test('lists every endpoint that it knows', async () => {
      const endpoints = ['builders', 'builds', 'buildrequests', 'workers', 'buildsets', 'changes', 'changesources', 'masters',
        'sourcestamps', 'schedulers', 'forceschedulers'];
      for (const endpoint of endpoints) assert.ok(Array.isArray(await load(page, endpoint)), endpoint);
      const [builder] = await load(page, 'builders', { name: 'hello' });
      assert.deepEqual(builder.tags, ['demo']);
      assert.deepEqual((await load(page, 'builders', builder.builderid, 'forceschedulers')).map(({ name }) => name), ['force']);
      assert.equal((await load(page, 'masters')).length, 1);
    });

    await t.test('watches builds of a builder, steps and logs while they come', async () => {
      await page.evaluate(async () => {
        const { data } = window.client;
        const open = data.open();
        const builders = open.getBuilders({ name: 'hello' });
        await new Promise((done) => { builders.onChange = () => done(); });
        const seen = (window.seen = { builds: open.getBuilds({ builderid: builders[0].builderid }), steps: [], logs: [] });
        await new Promise((done) => { seen.builds.onChange = () => done(); });
        seen.builds.onNew = (build) => {
          const steps = build.getSteps();
          steps.onNew = (step) => {
            seen.steps.push(step);
            step.getLogs().onNew = (log) => seen.logs.push(log);
          };
        };
      });
    });

    await t.test('forces a build once it is signed in', async () => {
      const refused = await page.evaluate(() => window.client.data.control('forceschedulers', 'force', 'force', {})
        .then(() => 'allowed', (answer) => answer.error.message));
      assert.match(refused, /role/);
      await page.request.post('/auth/login', { data: { token: slipway.token } });
      const answer = await page.evaluate(() => window.client.data.control('forceschedulers', 'force', 'force', { reason: 'the client asks' }));
      const [bsid, requests] = answer.result;
      assert.equal(typeof bsid, 'number');
      assert.equal(Object.keys(requests).length, 1);
    });

    await t.test('sees it through to its end by events alone', async () => {
      await page.waitForFunction(() => window.seen.builds.some(({ complete, results }) => complete && results === 2));
      await page.waitForFunction(() => window.seen.steps.filter(({ name, complete }) => complete && ['talk', 'stumble'].includes(name)).length === 2);
      await page.waitForFunction(() => window.seen.logs.some(({ name, complete }) => complete && name === 'stdio'));
    });

    await t.test("reads a log's lines, and the properties", async () => {
      const [build] = await load(page, 'builds');
      const steps = await load(page, 'builds', build.buildid, 'steps');
      const [log] = await load(page, 'steps', steps.find(({ name }) => name === 'talk').stepid, 'logs');
      const chunks = (await page.evaluate((id) => window.client.rest.get(`logs/${id}/contents`), log.logid)).logchunks;
      assert.match(chunks[0].content, /^oa line$/m);
      const [properties] = await load(page, 'builds', build.buildid, 'properties');
      assert.deepEqual(properties.reason, ['the client asks', 'Force Build Form']);
    });

    await t.test('rebuilds, and stops what runs', async () => {
      const [build] = await load(page, 'builds');
      const again = await page.evaluate((id) => window.client.data.control('builds', id, 'rebuild'), build.buildid);
      assert.equal(typeof again.result[0], 'number');
      const stopped = await page.evaluate((id) => window.client.data.control('builds', id, 'stop', { reason: 'enough' }), build.buildid);
      assert.equal(stopped.result, null);
    });
    const complaints = browser.complaints.filter((text) => !/40[13]/.test(text));
    assert.deepEqual(complaints, []);
  } finally {
    await end();
  }
});
