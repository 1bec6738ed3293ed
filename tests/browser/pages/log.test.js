// SPDX-License-Identifier: Apache-2.0
// The log viewer: any line of a log of 1 GiB, in bounded time and memory; a log that grows; search, folds, times, copying.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { picture } from '../lib/browser.js';
import { by, pageTest } from '../lib/pagetest.js';
import { until } from '../lib/waiting.js';

/** 20 million lines of 52 bytes are 1 GiB, within 3%; `seq` writes such numbers as fast as they can be read. */
const LINES = 20_000_000;
const number = (n) => `1${String(n).padStart(50, '0')}`;
/** The command and its folder stand before the first number. */
const HEAD = 2;

const DEMO = String.raw`
import sys
w = sys.stdout.write
w("::group::Install what is needed\n")
for i in range(40): w(f"Collecting package-{i} (from requirements.txt)\n")
w("::endgroup::\n")
w("\x1b[0Ksection_start:1560896352:build\r\x1b[0K\x1b[36;1mBuild the library\x1b[0;m\n")
for i in range(2000):
    if i % 97 == 13: w(f"src/mod{i}.c:{i}:5: \x1b[35;1mwarning:\x1b[0m unused variable 'x'\n")
    elif i % 500 == 50: w(f"src/mod{i}.c:{i}:9: \x1b[31;1merror:\x1b[0m expected ';' before 'return'\n")
    elif i % 50 == 7: w(f"\x1b[48;5;{16 + i % 216}m 256 \x1b[0m \x1b[38;2;{i % 256};200;80mtrue colour\x1b[0m" + " and words" * 30 + "\n")
    else: w(f"[{i // 20:3d}%] \x1b[32mBuilding C object\x1b[0m src/CMakeFiles/core.dir/mod{i}.c.o\n")
w("\x1b[0Ksection_end:1560896353:build\r\x1b[0K\n")
w("done\n")
`;

/** In a file: the log's first lines have the whole command. */
function demo(folder) {
  const path = join(folder, 'demo.py');
  writeFileSync(path, DEMO);
  return path;
}

const configuration = ({ url, pipe }) => `title: Logs
url: ${url}
schedulers:
  - {type: force, name: force, builders: [big, demo, slow]}
builders:
  - name: big
    steps: [{name: print, run: "seq ${number(1)} ${number(LINES)}"}]
  - name: demo
    steps: [{name: build, run: python3 ${demo(dirname(pipe))}}]
  - name: slow
    steps: [{name: repeat, run: 'exec 3<${pipe}; seq -f "early %.0f" 200; while read -r line <&3; do echo "$line"; done; echo done'}]
`;

const address = (builder, query = '') => `#/builders/${builder}/builds/1/steps/0/logs/stdio${query}`;
const line = (page, n) => page.locator(`.line[data-line="${n}"]`);

/** The numbers of the lines that can be seen, first and last. */
const seen = (page) => page.evaluate(() => {
  const box = document.querySelector('.log-box').getBoundingClientRect();
  const lines = [...document.querySelectorAll('.log-rows > .line:not(.line-pinned)')].filter((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return bottom > box.top + 1 && top < box.bottom - 1;
  });
  return [Number(lines[0]?.dataset.line), Number(lines.at(-1)?.dataset.line)];
});

const top = (page, n) => line(page, n).evaluate((row) => row.getBoundingClientRect().top);

pageTest('log', { configuration }, async (chapter, { world, visitor, everyLook }) => {
  const force = (builder) => world.slipway.api('forceschedulers/force', { method: 'force', params: { builderNames: [builder] } });
  const over = (builder) => until(`a build of ${builder}`, async () =>
    (await world.slipway.api(`builders/${builder}/builds?complete=true`)).builds.length > 0, { seconds: 120 });
  let page;

  await chapter('colours, groups and marked lines in every look', async () => {
    await force('demo');
    await over('demo');
    await everyLook(address('demo', '?line=42-46&q=warning'), 'log-lines', async (look) => {
      await line(look, 45).filter({ hasText: 'Build the library' }).waitFor();
      await by(look, 'find-count').filter({ hasText: '21' }).waitFor();
      await look.locator('.line-hit').first().waitFor();
      assert.equal(await look.locator('.line-marked').count(), 5);
    });
  });

  await chapter('errors are found by a key, and the address says which', async () => {
    page = await visitor();
    await page.goto(address('demo'));
    await line(page, 2048).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('g');
    await line(page, 1).waitFor();
    for (const at of [96, 596]) {
      await page.keyboard.press('e');
      await page.waitForURL(new RegExp(`line=${at}$`));
      await line(page, at).filter({ hasText: 'expected' }).and(page.locator('.line-marked')).waitFor();
    }
    await page.keyboard.press('E');
    await page.waitForURL(/line=96$/);
    const [first, last] = await seen(page);
    assert.ok(first <= 96 && 96 <= last, `line 96 within ${first}..${last}`);
  });

  await chapter('a search counts, goes from match to match, and says what is wrong with a pattern', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('mod[0-9]*0[.]c:');
    await by(page, 'find-regex').click();
    await by(page, 'find-count').filter({ hasText: ' of ' }).waitFor();
    const before = page.url();
    await by(page, 'find-next').click();
    await page.waitForURL((url) => String(url) !== before);
    await picture(page, 'log-search');
    await world.browser.expecting([/400/], async () => {
      await by(page, 'log-find').fill('(x');
      await by(page, 'log-find').press('Enter');
      await by(page, 'find-count').filter({ hasText: /at character 3/i }).waitFor();
    });
    await by(page, 'log-find').press('Escape');
    await page.waitForURL((url) => !String(url).includes('q='));
  });

  await chapter('groups fold and unfold, by the mouse and by keys', async () => {
    await page.goto(address('demo', '?line=3'));
    const group = by(page, 'log-fold').filter({ hasText: 'Install what is needed' });
    await group.click();
    await line(page, 4).waitFor({ state: 'detached' });
    assert.equal(await group.getAttribute('aria-expanded'), 'false');
    await line(page, 45).waitFor();
    await page.keyboard.press('z');
    await line(page, 4).waitFor();
    await page.keyboard.press('Z');
    await line(page, 46).waitFor({ state: 'detached' });
    await line(page, 2047).waitFor();
    await picture(page, 'log-folded');
    await page.keyboard.press('Z');
  });

  await chapter('lines have times, by the clock and since the start', async () => {
    await page.keyboard.press('t');
    await line(page, 3).locator('.line-time').filter({ hasText: /^\d\d:\d\d:\d\d\.\d\d\d$/ }).waitFor();
    await page.keyboard.press('t');
    await line(page, 3).locator('.line-time').filter({ hasText: /^\+\d+:\d\d\.\d$/ }).waitFor();
    await page.keyboard.press('t');
    await line(page, 3).locator('.line-time').waitFor({ state: 'detached' });
  });

  await chapter('the address says how lines are shown', async () => {
    await page.keyboard.press('w');
    await page.waitForURL(/wrap=0&times=off/);
    const other = await visitor();
    await other.goto(address('demo', '?line=4&wrap=0&times=clock'));
    await line(other, 4).locator('.line-time').filter({ hasText: /^\d\d:/ }).waitFor();
    await other.locator('.log-nowrap').waitFor();
    // It is the link's wish, not the reader's.
    await other.goto(address('demo', '?line=5'));
    await other.locator('.log-box:not(.log-nowrap):not(.log-timed)').waitFor();
    await page.keyboard.press('w');
    await page.waitForURL(/wrap=1/);
  });

  await chapter('what is copied is the text, over rows that are not drawn as well', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    const expected = Array.from({ length: 40 }, (_, i) => `Collecting package-${i} (from requirements.txt)`);
    await page.goto(address('demo', '?line=4-43'));
    await line(page, 4).and(page.locator('.line-marked')).waitFor();
    await by(page, 'copy-text').click();
    await until('the text', async () => (await clipboard()) === expected.join('\n'));
    await by(page, 'copy-link').click();
    await until('the link', async () => (await clipboard()).endsWith('/logs/stdio?line=4-43'));

    await page.goto(address('demo', '?line=5'));
    await line(page, 5).filter({ hasText: 'package-1 ' }).waitFor();
    // A selection from the third character of line 5 on; its row leaves the box before it is ended.
    await page.evaluate(() => {
      const text = document.querySelector('.line[data-line="5"] .line-text').firstChild;
      getSelection().setBaseAndExtent(text, 2, text, 5);
    });
    await page.locator('.line-marked').nth(1).waitFor({ state: 'detached' });
    await page.locator('.line-marked').waitFor();
    await by(page, 'log-box').hover();
    for (let i = 0; i < 8; i++) {
      await page.mouse.wheel(0, 600);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    const loaded = (n) => line(page, n).evaluate((row) => !row.classList.contains('line-coming'));
    let last = 0;
    await until('another part of the log', async () => {
      [, last] = await seen(page);
      return last > 150 && loaded(last);
    });
    await page.evaluate((n) => {
      const { anchorNode, anchorOffset } = getSelection();
      const text = document.querySelector(`.line[data-line="${n}"] .line-text`).firstChild;
      getSelection().setBaseAndExtent(anchorNode, anchorOffset, text, text.textContent.length);
    }, last);
    await page.keyboard.press('Control+c');
    await until('the selection', async () => (await clipboard()).split('\n').length === last - 4);
    const copied = (await clipboard()).split('\n');
    assert.equal(copied[0], expected[1].slice(2));
    assert.equal(copied[1], expected[2]);
    assert.ok(!copied.some((text) => text.includes('\x1b')));
  });

  await chapter('a log that grows is followed, until its reader goes up', async () => {
    await world.pipe.open();
    await force('slow');
    await until('the step', async () => (await world.slipway.api('builders/slow/builds')).builds.length > 0);
    // Its log may be still to come, which the page waits for, and the browser complains of.
    await world.browser.expecting([/404/], async () => {
      await page.goto(address('slow'));
      await page.locator('.line').filter({ hasText: 'early 200' }).waitFor();
    });
    await world.pipe.say('one more');
    await page.locator('.line').filter({ hasText: 'one more' }).waitFor();
    const end = (await seen(page))[1];

    await by(page, 'log-box').hover();
    await page.mouse.wheel(0, -900);
    await until('the reader to be further up', async () => (await seen(page))[1] < end - 20);
    const [first] = await seen(page);
    const before = await top(page, first);
    for (const word of ['alpha', 'beta', 'gamma']) await world.pipe.say(word);
    await by(page, 'log-pill').filter({ hasText: /3 new lines/ }).waitFor();
    assert.ok(Math.abs((await top(page, first)) - before) < 1, 'nothing has moved');
    await picture(page, 'log-growing');
    await by(page, 'log-pill').click();
    await page.locator('.line').filter({ hasText: 'gamma' }).waitFor();
    await world.pipe.close();
    await page.locator('.line').filter({ hasText: 'done' }).waitFor();
  });

  await chapter('1 GiB opens at any line, moves by lines and by the scroll bar, and stays small', async () => {
    await force('big');
    await over('big');
    const half = LINES / 2;
    const begun = Date.now();
    await page.goto(address('big', `?line=${half}`));
    await line(page, half).filter({ hasText: number(half - HEAD) }).waitFor();
    console.log(`      line ${half} after ${Date.now() - begun} ms`);
    await picture(page, 'log-big');

    const before = await top(page, half);
    await by(page, 'log-box').hover();
    await page.mouse.wheel(0, 90);
    await until('five lines further', async () => Math.abs((await top(page, half)) - before + 90) < 2);
    // The scroll bar is put right meanwhile, and nobody sees it.
    const [low] = await seen(page);
    await page.keyboard.press('G');
    await line(page, LINES + HEAD + 1).filter({ hasText: 'exit code 0' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('g');
    await line(page, HEAD + 1).filter({ hasText: number(1) }).waitFor();
    assert.ok(low > half - 60);

    for (let i = 1; i < 40; i++) {
      await page.evaluate((share) => {
        const box = document.querySelector('.log-box');
        box.scrollTop = share * (box.scrollHeight - box.clientHeight);
      }, i / 40);
      await until('the lines there', async () => {
        const [first] = await seen(page);
        return Math.abs(first / LINES - i / 40) < 0.01 && (await line(page, first + 1).textContent()).includes(number(first + 1 - HEAD));
      });
    }
    assert.ok((await page.locator('.line').count()) < 400);
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    console.log(`      ${(usedSize / 2 ** 20).toFixed(1)} MiB of JavaScript after 40 places`);
    assert.ok(usedSize < 40 * 2 ** 20, `${usedSize} bytes`);
  });

  await chapter('a search in 1 GiB finds what no screen has', async () => {
    await page.goto(address('big', '?line=15000000'));
    await page.keyboard.press('/');
    await page.keyboard.type(number(19_876_543).slice(-12));
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`line=${19_876_543 + HEAD}`), { timeout: 60_000 });
    await line(page, 19_876_543 + HEAD).locator('.line-hit').waitFor();
  });
});
