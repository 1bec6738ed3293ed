// SPDX-License-Identifier: Apache-2.0
// Every page in the second language: nothing that the catalogue has is shown in the first one, and all fits.
import assert from 'node:assert/strict';
import { LOOKS, picture } from '../lib/browser.js';
import { catalogue, plainTexts } from '../lib/catalogue.js';
import { by, fits, isAccessible, pageTest, signIn } from '../lib/pagetest.js';
import { until } from '../lib/waiting.js';

const REPORT = '<testsuite><testcase name="pei"/><testcase name="qi"><failure/></testcase></testsuite>';

const configuration = ({ url, repository, pipe }) => `title: 港口
url: ${url}
web_hooks: {base: {}}
change_sources: [{type: git_poller, repository: '${repository}', branches: [main], poll_interval: 1s, project: gangkou}]
projects: [{name: gangkou}]
schedulers:
  - {type: single_branch, name: zhu, change_filter: {branch: main}, builders: [chuan]}
  - {type: force, name: qiang, builders: [chuan, deng]}
  - {type: triggerable, name: bao, builders: [bao]}
builders:
  - name: chuan
    project: gangkou
    tags: [hexin]
    steps:
      - git: {}
      - test: {command: printf '${REPORT}' > report.xml, reports: [{format: junit, files: [report.xml]}]}
        flunk_on_failure: false
      - upload: {files: [report.xml], as: reports}
      - trigger: {schedulers: [bao], wait_for_finish: true}
  - {name: bao, steps: [{run: "true"}]}
  - {name: deng, collapse_requests: false, locks: [suo], steps: [{run: 'read line < ${pipe}', name: deng}]}
locks: [{name: suo, max_count: 1}]
`;

/** What is shown or read out: texts and the attributes that somebody hears. */
function heard() {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest('code, pre, kbd, script, noscript, [role="log"], [translate="no"]')) texts.push(walker.currentNode.textContent.trim());
  }
  for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) texts.push(element.getAttribute(name) ?? '');
  }
  return texts.filter(Boolean);
}

pageTest('chinese', { configuration }, async (chapter, { world, visitor }) => {
  const { slipway, repository } = world;
  const [en, zh] = (await Promise.all(['en', 'zh'].map(catalogue))).map((each) => plainTexts(each));
  /** Texts that are English and nothing else; a single word in lower case may be somebody's name for something. */
  const english = new Map(Object.entries(en).filter(([name, text]) => zh[name] !== text && !/^[a-z-]+$/.test(text)).map(([name, text]) => [text, name]));
  const page = await visitor({ ...LOOKS.light, locale: 'zh-CN' });
  const phone = await visitor({ ...LOOKS.phone, locale: 'zh-CN' });
  const force = (name) => slipway.api('forceschedulers/qiang', { method: 'force', params: { builderNames: [name] } });
  const id = async (name) => (await slipway.api(`builders/${name}`)).builders[0].builderid;
  const addresses = [];

  await chapter('there is something to show', async () => {
    await repository.push('写下第一行', { first: 'one\n' });
    await until('a build', async () => (await slipway.api('builders/chuan/builds')).builds.some((build) => build.complete));
    await force('deng');
    await force('deng');
    await until('a request that waits', async () => (await slipway.api('buildrequests?claimed=false')).buildrequests.length > 0);
    const [chuan, deng] = [await id('chuan'), await id('deng')];
    const [{ buildrequestid }] = (await slipway.api('buildrequests?claimed=false')).buildrequests;
    const build = `#/builders/${chuan}/builds/1`;
    addresses.push(
      '#/', '#/builders', `#/builders/${chuan}`, `#/builders/${chuan}?tab=tests&only=all`, `#/builders/${chuan}?tab=config`, `#/builders/${deng}`,
      build, ...['tests', 'artifacts', 'properties', 'changes', 'messages'].map((tab) => `${build}?tab=${tab}`), `${build}/steps/0/logs/stdio`,
      `#/builders/${deng}/builds/1`, `#/buildrequests/${buildrequestid}`, '#/pendingbuildrequests', '#/dashboard', '#/waterfall', '#/console', '#/grid',
      '#/workers', '#/workers/1', '#/schedulers', '#/changes', '#/changes/1', '#/projects', '#/projects/1', '#/messages', '#/deliveries', '#/config', '#/about',
      '#/audit', '#/account', '#/search?q=chuan', '#/settings', '#/nowhere',
    );
  });

  await chapter('each page is in Chinese', async () => {
    await page.goto('#/account');
    await page.getByRole('main').getByRole('button', { name: zh['shell.signIn'] }).click();
    await signIn(page, slipway.token);
    for (const address of addresses) {
      await page.goto(address);
      await page.locator('h1').first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh');
      const left = [...new Set(await page.evaluate(heard))].filter((text) => english.has(text));
      assert.deepEqual(left.map((text) => `${english.get(text)}: ${text}`), [], address);
      await fits(page);
    }
    await picture(page, 'chinese');
  });

  await chapter('it fits a phone, and is read out well', async () => {
    for (const address of addresses) {
      await phone.goto(address);
      await phone.locator('h1').first().waitFor();
      await phone.locator('.skeleton').first().waitFor({ state: 'detached' });
      await fits(phone);
    }
    await page.goto(addresses[6]);
    await by(page, 'build-result').waitFor();
    await picture(page, 'chinese-build');
    await isAccessible(page);
  });

  await chapter('the builds that wait end', async () => {
    await world.pipe.open();
    await world.pipe.say('go');
    await world.pipe.say('go');
    await until('their ends', async () => (await slipway.api('builders/deng/builds')).builds.filter((build) => build.complete).length === 2);
  });
});
