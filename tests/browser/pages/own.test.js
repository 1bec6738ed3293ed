// SPDX-License-Identifier: Apache-2.0
// The pages of the account, the audit log, the messages, and of addresses that lead nowhere.
import { by, pageTest, signIn } from '../lib/pagetest.js';

pageTest('own', {}, async (chapter, { world, visitor, everyLook }) => {
  const page = await visitor();

  await chapter('the account and the audit log ask a visitor to sign in', async () => {
    for (const address of ['#/account', '#/audit']) {
      await page.goto(address);
      await by(page, 'empty-state').getByRole('button', { name: 'Sign in' }).waitFor();
    }
    await by(page, 'empty-state').getByRole('button').click();
    await signIn(page, world.slipway.token);
    await by(page, 'audit-row').first().waitFor();
  });

  await chapter('the audit log is filtered by its address', async () => {
    await by(page, 'filter-outcome').selectOption('refused');
    await page.waitForURL(/#\/audit\?outcome=refused$/);
    await page.getByText('Nothing of that kind').waitFor();
    await page.goBack();
    await by(page, 'audit-row').first().waitFor();
  });

  await chapter('messages are filtered by their state', async () => {
    await page.goto('#/messages?state=sent');
    await page.getByText('No message is like this').waitFor();
  });

  await chapter('look well', async () => {
    await everyLook('#/messages', 'messages-empty', (each) => each.getByText('No message').waitFor());
    await everyLook('#/account', 'account-visitor', (each) => by(each, 'empty-state').waitFor());
    await everyLook('#/nowhere', 'nowhere', (each) => by(each, 'not-found').waitFor());
  });
});
