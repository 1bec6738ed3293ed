// SPDX-License-Identifier: Apache-2.0
// The frame round every page: navigation, the palette, the list of keys, moving by keyboard.
import assert from 'node:assert/strict';
import { LOOKS, picture } from '../lib/browser.js';
import { by, fits, isAccessible, pageTest } from '../lib/pagetest.js';

const isOpen = (page) => by(page, 'live-status', '[data-status=open]').waitFor();
const heading = (page, text) => page.getByRole('heading', { level: 1, name: text }).waitFor();

pageTest('frame', {}, async (chapter, { visitor, everyLook }) => {
  const page = await visitor();

  await chapter('leads to every page of the navigation', async () => {
    await page.goto('#/builders');
    await isOpen(page);
    const links = await page.locator('nav a.nav-item').evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.getAttribute('title')]));
    assert.ok(links.length >= 6, `only ${links.length} links`);
    for (const [link] of links) {
      await page.goto('#/builders');
      await page.locator(`a.nav-item[href="${link}"]`).click();
      await page.locator(`a.nav-item[href="${link}"][aria-current=page], main:only-child`).first().waitFor();
      await page.locator('h1').first().waitFor();
    }
  });

  await chapter('folds, and stays so', async () => {
    await page.keyboard.press('[');
    await page.locator(':root[data-sidebar=slim]').waitFor();
    await picture(page, 'frame-slim');
    await isAccessible(page);
    await page.reload();
    await page.locator(':root[data-sidebar=slim]').waitFor();
    await by(page, 'sidebar-fold').click();
    await page.locator(':root[data-sidebar=wide]').waitFor();
  });

  await chapter('shows its keys', async () => {
    await page.keyboard.press('?');
    await by(page, 'key-help').waitFor();
    await isAccessible(page);
    await picture(page, 'frame-keys');
    await page.keyboard.press('Escape');
    await by(page, 'key-help').waitFor({ state: 'detached' });
  });

  await chapter('goes to pages and through rows by keys', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await heading(page, 'Builders');
    await by(page, 'builder-row').first().waitFor();
    await page.keyboard.press('j');
    assert.ok(await page.evaluate(() => document.activeElement.closest('[data-testid=builder-row]') !== null));
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/builders\/\d+$/);
  });

  await chapter('finds a builder and a command in the palette', async () => {
    await page.keyboard.press('Control+k');
    await by(page, 'palette-input').waitFor();
    await by(page, 'offer').filter({ hasText: 'Workers' }).waitFor();
    await isAccessible(page);
    await picture(page, 'frame-palette');
    await by(page, 'palette-input').fill('workers');
    await page.keyboard.press('Enter');
    await heading(page, 'Workers');
    await page.keyboard.press('/');
    await by(page, 'palette-input').fill('theme dark');
    await page.keyboard.press('Enter');
    await page.locator(':root[data-theme=dark]').waitFor();
  });

  await chapter('is a sheet on a phone', async () => {
    const phone = await visitor(LOOKS.phone);
    await phone.goto('#/');
    await isOpen(phone);
    await by(phone, 'menu-open').click();
    await by(phone, 'menu').waitFor();
    await fits(phone);
    await isAccessible(phone);
    await picture(phone, 'frame-menu');
    await by(phone, 'menu').getByRole('link', { name: 'Workers' }).click();
    await heading(phone, 'Workers');
    await by(phone, 'menu').waitFor({ state: 'detached' });
  });

  await chapter('holds in every look', () => everyLook('#/', 'frame', isOpen));
});
