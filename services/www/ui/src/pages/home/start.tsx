// SPDX-License-Identifier: Apache-2.0
// What a new installation shows: the way to its first build, to be copied.
import { pageUrl } from '../../api/client';
import { t } from '../../text';

const EXAMPLE = `change_sources:
  - {type: git_poller, repository: https://git.example.org/app.git, branches: [main]}
schedulers:
  - {type: single_branch, name: main, change_filter: {branch: main}, builders: [app]}
  - {type: force, name: force, builders: [app]}
builders:
  - name: app
    steps:
      - git: {}
      - run: make test`;

export function Start() {
  const url = pageUrl('');
  return (
    <ol class="start">
      <li><p>{t.overview.startFile}</p><pre tabIndex={0}>{EXAMPLE}</pre></li>
      <li><p>{t.overview.startApply}</p><pre tabIndex={0}>{`SLIPWAY_URL=${url} slipway apply slipway.yaml`}</pre></li>
      <li><p>{t.overview.startWorker}</p></li>
      <li><p>{t.overview.startPush}</p></li>
    </ol>
  );
}
