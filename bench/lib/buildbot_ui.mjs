// SPDX-License-Identifier: Apache-2.0
// Walks through Buildbot's web UI, which Slipway serves from SLIPWAY_UI_DIR in place of its own.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Browser } from '../../tests/browser/lib/browser.js';
import { Slipway } from '../../tests/browser/lib/slipway.js';

const PICTURES = fileURLToPath(new URL('../results/buildbot-ui', import.meta.url));

const configuration = (url) => `
url: ${url}
schedulers:
  - {type: force, name: force, builders: [hello, long]}
builders:
  - name: hello
    project: demo
    tags: [demo]
    steps:
      - {run: 'echo "a line"; echo another', name: talk}
      - {run: exit 1, name: stumble}
  - {name: long, steps: [{run: sleep 600}]}
`;

/** Each page, and a text on it once it is complete. */
const PAGES = {
  home: ['#/', 'hello'],
  builders: ['#/builders', 'hello'],
  builder: ['#/builders/1', 'demo|hello'],
  build: ['#/builders/1/builds/1', 'stumble'],
  log: ['#/builders/1/builds/1/steps/0/logs/stdio', 'a line'],
  request: ['#/buildrequests/1', 'hello/1'],
  pending: ['#/pendingbuildrequests', 'None'],
  projects: ['#/projects', 'demo'],
  changes: ['#/changes', '0 changes'],
  workers: ['#/workers', 'local-1'],
  worker: ['#/workers/1', 'local-1'],
  schedulers: ['#/schedulers', 'force'],
  masters: ['#/masters', 'hello'],
  about: ['#/about', 'Slipway version'],
  settings: ['#/settings', 'Home page'],
};

/** Clicks through a force dialog as a person does. */
async function force(page, builder) {
  await page.goto(`/#/builders/${builder}`);
  await page.getByRole('button', { name: 'force' }).click();
  await page.getByRole('button', { name: 'Start Build' }).click();
}

async function walk(page) {
  await force(page, 1);
  await page.getByText('stumble').first().waitFor();
  for (const [name, [path, text]] of Object.entries(PAGES)) {
    await page.goto('about:blank');
    await page.goto(`/${path}`);
    await page.getByText(new RegExp(text)).and(page.locator(':visible')).first().waitFor();
    await page.screenshot({ path: join(PICTURES, `${name}.png`) });
    console.log(`${name.padEnd(11)} ${path}`);
  }
  await force(page, 2);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('CANCELLED').first().waitFor();
  console.log('force, watch and stop');
}

const folder = await mkdtemp(join(tmpdir(), 'slipway-buildbot-ui-'));
await chmod(folder, 0o755);
await mkdir(PICTURES, { recursive: true });
const slipway = new Slipway(folder);
await slipway.choosePorts();
await writeFile(join(folder, 'slipway.yaml'), configuration(slipway.url));
let browser;
try {
  await slipway.start(join(folder, 'slipway.yaml'));
  browser = await Browser.launch();
  const page = await browser.visitor(slipway.url);
  await page.request.post('/auth/login', { data: { token: slipway.token } });
  await walk(page);
  for (const complaint of browser.complaints) console.error(complaint);
  process.exitCode = browser.complaints.length ? 1 : 0;
} finally {
  await browser?.close().catch(() => {});
  await slipway.stop();
  await rm(folder, { recursive: true, force: true });
}
