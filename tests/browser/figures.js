// SPDX-License-Identifier: Apache-2.0
// Measures what a reader feels: when the first content and the data are there, how long the page takes to answer a key or
// a click, and what an hour of events leaves in memory. Prints the tables of docs/performance.md.
import { LOOKS } from './lib/browser.js';
import { lineOf } from './lib/line.js';
import { by } from './lib/pagetest.js';
import { pastBuilds } from './lib/past.js';
import { until } from './lib/waiting.js';
import { endOnSignals, World } from './lib/world.js';

/** An hour of 50 events a second. */
const EVENTS = 180_000;
const RUNS = 5;

/** As Lighthouse has it for phones. */
const SLOW = { cpu: 4, network: { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 } };

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const ms = (value) => `${Math.round(value)} ms`;

async function firstView(world, address, ready, slow) {
  const page = await world.browser.visitor(world.slipway.url, LOOKS.light);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  if (slow) {
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW.cpu });
    await session.send('Network.emulateNetworkConditions', SLOW.network);
  }
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(address, { waitUntil: 'commit' });
  await ready(page);
  const found = await page.evaluate(() => ({
    data: performance.now(),
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    shift: window.shift,
    bytes: performance.getEntriesByType('resource').filter((r) => /\.(js|css)$/.test(r.name)).reduce((sum, r) => sum + r.encodedBodySize, 0),
  }));
  await page.context().close();
  return found;
}

/** A build whose log the pages show. */
async function buildOne(world) {
  await world.slipway.api('forceschedulers/force', { method: 'force', params: { builderNames: ['hello'] } });
  await until('a build', async () => (await world.slipway.api('builders/hello/builds')).builds.some((build) => build.complete));
  const [{ builderid }] = (await world.slipway.api('builders/hello')).builders;
  return `#/builders/${builderid}/builds/1`;
}

async function firstViews(world) {
  const build = await buildOne(world);
  const pages = [
    ['Home', '#/', (page) => page.getByText('online').first().waitFor()],
    ['Builders', '#/builders', (page) => by(page, 'builder-row').first().waitFor()],
    ['A builder', build.replace(/\/builds.*/, ''), (page) => by(page, 'build-row').first().waitFor()],
    ['A build', build, (page) => by(page, 'log-line').first().waitFor()],
    ['A line of a log', `${build}/steps/0/logs/stdio?line=2`, (page) => by(page, 'log-line', '.line-marked').waitFor()],
  ];
  console.log('| page | first content | data shown | layout shift | first content, slow | data shown, slow |\n| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const [name, address, ready] of pages) {
    const fast = [];
    const slow = [];
    for (let i = 0; i < RUNS; i++) fast.push(await firstView(world, address, ready, false));
    for (let i = 0; i < RUNS; i++) slow.push(await firstView(world, address, ready, true));
    const of = (list, field) => median(list.map((each) => each[field]));
    const shift = Math.max(...[...fast, ...slow].map((each) => each.shift));
    console.log(`| ${name} | ${ms(of(fast, 'paint'))} | ${ms(of(fast, 'data'))} | ${shift.toFixed(3)} | ${ms(of(slow, 'paint'))} | ${ms(of(slow, 'data'))} |`);
  }
}

/** From a key or a click to the next frame that is drawn, as the browser's event timing has it. */
async function interactions(world) {
  const page = await world.browser.visitor(world.slipway.url, LOOKS.light);
  const session = await page.context().newCDPSession(page);
  await page.goto('#/builders');
  await by(page, 'builder-row').first().waitFor();
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW.cpu });
  await page.evaluate(() => {
    window.took = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.interactionId) window.took.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16, buffered: true });
  });
  const acts = [
    () => page.keyboard.press('j'), () => page.keyboard.press('k'), () => page.keyboard.press('['), () => page.keyboard.press('['),
    () => page.locator('a.nav-item[href="#/workers"]').click(), () => page.locator('a.nav-item[href="#/"]').click(),
    () => page.locator('a.nav-item[href="#/builders"]').click(), () => page.keyboard.press('Control+k'),
    () => page.keyboard.type('hel', { delay: 50 }), () => page.keyboard.press('Escape'), () => page.keyboard.press('?'), () => page.keyboard.press('Escape'),
  ];
  for (let i = 0; i < RUNS; i++) {
    for (const act of acts) {
      await act();
      await page.waitForTimeout(120);
    }
  }
  const took = (await page.evaluate(() => window.took)).sort((a, b) => a - b);
  const at = (part) => ms(took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? 0);
  console.log(`\nInteractions (${took.length} longer than 16 ms of ${RUNS * (acts.length + 2)}, CPU slowed ${SLOW.cpu} times): p50 ${at(0.5)}, p90 ${at(0.9)}, longest ${at(1)}`);
  await page.context().close();
}

async function heap(session) {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name) => metrics.find((each) => each.name === name).value;
  return { used: of('JSHeapUsedSize') / 2 ** 20, nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

/** Builds come, run and end, twenty at a time, as fast as the page takes them. */
async function memory(world) {
  const page = await world.browser.visitor(world.slipway.url, LOOKS.light);
  const line = await lineOf(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await page.goto('#/');
  await by(page, 'live-status', '[data-status=open]').waitFor();
  let sent = 0;
  const send = async (count) => {
    for (const end = sent + count; sent < end; sent++) {
      const buildid = 1_000_000 + Math.floor(sent / 20);
      const complete = sent % 20 === 19;
      line.say(`builds/${buildid}/${complete ? 'finished' : 'update'}`, {
        buildid, builderid: 1 + (buildid % 3), number: buildid, workerid: 1, masterid: 1, buildrequestid: 1, complete, complete_at: complete ? 1_800_000_000 : null,
        results: complete ? 0 : null, started_at: 1_800_000_000, state_string: `step ${sent}`, properties: {},
      });
      // Frames are drawn between.
      if (sent % 500 === 499) await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
  };
  await send(2000);
  const before = await heap(session);
  const started = Date.now();
  await send(EVENTS);
  await page.getByText(`step ${sent - 2}`).first().or(page.locator('h1').first()).first().waitFor();
  const after = await heap(session);
  const seconds = (Date.now() - started) / 1000;
  console.log(`\nMemory: ${before.used.toFixed(1)} MiB before and ${after.used.toFixed(1)} MiB after ${EVENTS.toLocaleString('en')} events in ${seconds.toFixed(0)} s; DOM nodes ${before.nodes} and ${after.nodes}, listeners ${before.listeners} and ${after.listeners}`);
  await page.context().close();
}

/** Scrolls through the waterfall, as a hand does; how long each frame took. */
async function scrolling(world) {
  await world.slipway.sql(pastBuilds(334, 'hello'));
  const page = await world.browser.visitor(world.slipway.url, LOOKS.light);
  await page.goto('#/waterfall?limit=1000');
  await by(page, 'waterfall-box').nth(20).waitFor();
  const frames = await page.evaluate(async () => {
    const box = [document.scrollingElement, ...document.querySelectorAll('#main, #main *')].find((each) => each.scrollHeight > each.clientHeight + 1000);
    const took = [];
    let before = performance.now();
    for (let i = 0; i < 300; i++) {
      box.scrollTop += 60;
      await new Promise((done) => requestAnimationFrame(done));
      took.push(performance.now() - before);
      before = performance.now();
    }
    return { took: took.sort((a, b) => a - b), moved: box.scrollTop, builds: document.querySelectorAll('[data-testid=waterfall-box]').length };
  });
  const at = (part) => `${frames.took[Math.floor((frames.took.length - 1) * part)].toFixed(1)} ms`;
  console.log(`\nWaterfall of 1,000 builds, scrolled by ${Math.round(frames.moved)} pixels: a frame took p50 ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)}; boxes drawn at the end: ${frames.builds}`);
  await page.context().close();
}

const world = new World();
endOnSignals(world);
try {
  await world.start();
  await firstViews(world);
  await interactions(world);
  await memory(world);
  await scrolling(world);
} finally {
  await world.end();
}
