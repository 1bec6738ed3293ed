// SPDX-License-Identifier: Apache-2.0
// The page of workers.
import { by, pageTest } from '../lib/pagetest.js';

pageTest('workers', {}, async (chapter, { everyLook }) => {
  await chapter('lists the worker, in every look', () =>
    everyLook('#/workers', 'workers', (page) => by(page, 'worker-row').filter({ hasText: 'local-1' }).waitFor()));
});
