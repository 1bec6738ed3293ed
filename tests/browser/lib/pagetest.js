// SPDX-License-Identifier: Apache-2.0
// The test of one page: a whole Slipway of its own, visitors who look at the page, and what holds for every page.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import test from 'node:test';
import { clearFailures, LOOKS, picture } from './browser.js';
import { endOnSignals, World } from './world.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** WCAG 2.2, levels A and AA, and what axe's authors hold to be good practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The elements with a test id: `by(page, 'build-row', '[data-status=success]')`. */
export const by = (page, id, more = '') => page.locator(`[data-testid="${id}"]${more}`);

/** A page that is wider than its window scrolls sideways, which nobody wants. */
export async function fits(page) {
  const { wide, room } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, room: innerWidth }));
  assert.ok(wide <= room, `${page.url()} is ${wide} pixels wide in a window of ${room}`);
}

/** Fails with what axe finds wrong on the page, each with its rule and elements. */
export async function isAccessible(page) {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const found = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules, preload: false }), RULES);
  const complaints = found.violations.map(({ id, help, nodes }) =>
    `${id}: ${help}\n${nodes.slice(0, 5).map((n) => `    ${n.target.join(' ')}: ${n.html.slice(0, 200)}\n      ${n.failureSummary}`).join('\n')}`);
  assert.deepEqual(complaints, [], `${page.url()}\n${complaints.join('\n')}`);
}

export async function signIn(page, token) {
  await by(page, 'signin-dialog').waitFor();
  await by(page, 'token-input').fill(token);
  await by(page, 'signin-button').click();
  await by(page, 'signin-dialog').waitFor({ state: 'detached' });
}

/**
 * Tells `chapters(chapter, {world, visitor, everyLook})`: `chapter(name, tell)` is a part that ends the test when it
 * fails; `visitor(look)` a page of somebody not signed in; `everyLook(address, name, ready)` opens an address in every
 * look, waits for `ready(page)`, and asks what holds for all pages. Ends everything that it started.
 */
export function pageTest(name, { configuration }, chapters) {
  test(name, { timeout: 240_000 }, async (t) => {
    const world = new World(configuration);
    const pages = [];
    endOnSignals(world);
    t.after(() => world.end());
    await clearFailures(name);
    await world.start();
    const visitor = async (look) => {
      const page = await world.browser.visitor(world.slipway.url, look);
      pages.push(page);
      return page;
    };
    const everyLook = async (address, title, ready) => {
      for (const [lookName, look] of Object.entries(LOOKS)) {
        const page = await world.browser.visitor(world.slipway.url, look);
        await page.goto(address);
        await ready(page);
        await picture(page, `${title}-${lookName}`);
        await fits(page);
        await isAccessible(page);
        await page.context().close();
      }
    };
    let failed = false;
    const chapter = (title, tell) =>
      t.test(title, { skip: failed && 'an earlier part failed' }, async () => {
        try {
          await tell();
        } catch (error) {
          failed = true;
          for (const [i, page] of pages.entries()) await picture(page, `failed-${name}-${i + 1}`).catch(() => {});
          throw error;
        }
      });
    await chapters(chapter, { world, visitor, everyLook });
    await chapter('nothing complained in the browser', () => assert.deepEqual(world.browser.complaints, []));
  });
}
