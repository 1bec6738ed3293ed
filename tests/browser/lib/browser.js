// SPDX-License-Identifier: Apache-2.0
// Chromium, its windows, what the pages in them complain about, and pictures of them.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const ARTIFACTS = fileURLToPath(new URL('../artifacts', import.meta.url));

const LIGHT = { viewport: { width: 1280, height: 800 }, colorScheme: 'light' };
export const LOOKS = {
  light: LIGHT,
  dark: { ...LIGHT, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true, isMobile: true },
};

/** Nothing here needs a graphics card, another host, or Google. */
const FLAGS = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--disable-dev-shm-usage',
];

/** Removes the pictures of an earlier failure of the test; one by one, since another run may be writing here. */
export async function clearFailures(test) {
  await mkdir(ARTIFACTS, { recursive: true });
  const pictures = (await readdir(ARTIFACTS)).filter((name) => name.startsWith(`failed-${test}-`));
  for (const name of pictures) await rm(join(ARTIFACTS, name), { force: true });
}

export class Browser {
  static async launch() {
    const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
    // Chromium's own sandbox refuses root.
    const args = process.getuid() === 0 ? [...FLAGS, '--no-sandbox'] : FLAGS;
    // Signals are handled by the story, which has more to end than the browser.
    const options = { executablePath, args, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
    return new Browser(await chromium.launch(options));
  }

  constructor(chromium) {
    this.chromium = chromium;
    /** What the console and the pages said that nobody expected. */
    this.complaints = [];
    this.expected = [];
  }

  close() {
    return this.chromium.close();
  }

  /** A window of a visitor who is not signed in. */
  async visitor(baseURL, look = LOOKS.light) {
    const context = await this.chromium.newContext({ locale: 'en-GB', ...look, baseURL, reducedMotion: 'reduce' });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(`${error.stack ?? error}`));
    page.on('console', (message) => this.heard(message));
    return page;
  }

  heard(message) {
    if (!['error', 'warning'].includes(message.type())) return;
    const text = `${message.type()}: ${message.text()} (${message.location().url})`;
    if (!this.expected.some((pattern) => pattern.test(text))) this.complaints.push(text);
  }

  /** The browser itself logs each answer that is an error, also where the story wants one. */
  async expecting(patterns, tell) {
    this.expected = patterns;
    await tell();
    this.expected = [];
  }
}

/** Pictures have no scrollbars, so that no room is kept for them either. */
export async function picture(page, name) {
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`), style: 'html { scrollbar-gutter: auto }' });
}
