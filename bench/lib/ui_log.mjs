// SPDX-License-Identifier: Apache-2.0
// What bench/ui-log measures: 20 million lines of 52 bytes, printed by one step.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../../tests/browser/lib/waiting.js';
import { endOnSignals, World } from '../../tests/browser/lib/world.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LINES = 20_000_000;
/** The command and its folder stand before the first number. */
const HEAD = 2;
const number = (n) => `1${String(n).padStart(50, '0')}`;
const ROUNDS = 30;

/** tests/s3/server.js in a folder of its own. */
async function startStore() {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-s3-'));
  const server = spawn('node', [join(ROOT, 'tests/s3/server.js'), folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const first = await new Promise((done) => server.stdout.once('data', done));
  return { port: JSON.parse(String(first)).port, end: () => { server.stdin.end(); return rm(folder, { recursive: true, force: true }); } };
}

const store = await startStore();
const world = new World(({ url, pipe }) => {
  const secrets = join(dirname(pipe), 'secrets');
  mkdirSync(secrets);
  for (const name of ['s3-access', 's3-secret']) writeFileSync(join(secrets, name), 'S3RVER\n');
  process.env.SLIPWAY_SECRETS_DIR = secrets;
  return `title: A log of 1 GiB
url: ${url}
storage:
  logs: s3
  s3: {endpoint: "http://127.0.0.1:${store.port}", bucket: slipway, access_key: {secret: s3-access}, secret_key: {secret: s3-secret}}
schedulers: [{type: force, name: force, builders: [big]}]
builders:
  - name: big
    steps: [{name: print, run: "seq ${number(1)} ${number(LINES)}"}]
`;
});
endOnSignals(world);

const anywhere = () => HEAD + 1 + Math.floor(Math.random() * LINES);
const place = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const figures = (values) => `p50 ${place(values, 0.5).toFixed(1)}, p95 ${place(values, 0.95).toFixed(1)}, most ${Math.max(...values).toFixed(1)}`;

async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

const times = async (rounds, work) => {
  const all = [];
  for (let i = 0; i < rounds; i++) all.push(await timed(work));
  return all;
};

/** One window of lines by the API. */
async function window() {
  const { logchunks: [chunk] } = await world.slipway.api(`logs/1/contents?offset=${anywhere() - 1}&limit=200`);
  if (!chunk.content) throw new Error('no lines');
}

async function search(query, stop) {
  let from = 0;
  let found = 0;
  while (from !== null) {
    const { logmatches, meta } = await world.slipway.api(`logs/1/search?${query}&from=${from}`);
    found += logmatches.length;
    from = stop && found > 0 ? null : meta.next;
  }
}

/** From the address to the line's text on screen, in a window that has never seen Slipway, and in one that is open. */
async function open(page) {
  const line = anywhere();
  await page.goto(`#/builders/big/builds/1/steps/0/logs/stdio?line=${line}`);
  await page.locator(`.line-marked[data-line="${line}"]`).filter({ hasText: number(line - HEAD) }).waitFor();
}

async function fresh() {
  const page = await world.browser.visitor(world.slipway.url);
  const spent = await timed(() => open(page));
  await page.context().close();
  return spent;
}

async function leap(page) {
  return page.evaluate(async (line) => {
    const begun = performance.now();
    location.hash = location.hash.replace(/line=\d+/, `line=${line}`);
    const row = () => document.querySelector(`.line-marked[data-line="${line}"]:not(.line-coming)`);
    while (!row()) await new Promise(requestAnimationFrame);
    return performance.now() - begun;
  }, anywhere());
}

async function report(where) {
  console.log(`\n${where}`);
  console.log(`  200 lines anywhere, API        ms: ${figures(await times(200, window))}`);
  const opened = [];
  for (let i = 0; i < ROUNDS; i++) opened.push(await fresh());
  console.log(`  a new window at any line       ms: ${figures(opened)}`);
  const page = await world.browser.visitor(world.slipway.url);
  await open(page);
  const leaps = [];
  for (let i = 0; i < ROUNDS; i++) leaps.push(await leap(page));
  console.log(`  an open one at any other line  ms: ${figures(leaps)}`);
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  console.log(`  JavaScript after these         MiB: ${((await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20).toFixed(1)}`);
  await page.context().close();
  console.log(`  a text that is nowhere          s: ${((await timed(() => search('q=nowhere'))) / 1000).toFixed(1)}`);
  console.log(`  a regular expression            s: ${((await timed(() => search('q=x.*y&regex=1'))) / 1000).toFixed(1)}`);
}

/** Resident memory of www, in MiB. */
async function memory() {
  const { run } = await import('../../tests/browser/lib/run.js');
  const pid = await run('pgrep', '-P', String(world.slipway.process.pid), '-f', '/slipway-www ');
  return (Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid.trim()}/status`, 'utf8'))[1]) / 1024).toFixed(0);
}

try {
  await world.start();
  const spent = await timed(async () => {
    await world.slipway.api('forceschedulers/force', { method: 'force', params: { builderNames: ['big'] } });
    await until('the log', async () => (await world.slipway.api('builds?complete=true')).builds.length > 0, { seconds: 300 });
  });
  console.log(`${LINES} lines of 52 bytes, ${cpus().length} × ${cpus()[0].model}; printed and stored in ${(spent / 1000).toFixed(1)} s`);
  await report('In the database');
  await world.slipway.sql("UPDATE builds SET complete_at = complete_at - interval '5 minutes'");
  await until('the log to be sealed', async () => (await world.slipway.sql('SELECT count(*) FROM logs WHERE sealed IS NULL')) === '0', { seconds: 300 });
  await report('In the S3 store');
  console.log(`\nwww holds ${await memory()} MiB at the end`);
} finally {
  await world.end();
  await store.end();
}
