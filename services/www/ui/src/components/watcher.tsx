// SPDX-License-Identifier: Apache-2.0
// Keeps the tab's title and icon up to date with the builders that are watched; it shows nothing itself.
import { useEffect } from 'preact/hooks';
import type { BuilderSummary } from '../api/records';
import { settings } from '../lib/settings';
import * as specs from '../lib/specs';
import { healthStatus } from '../lib/summaries';
import { watch } from '../lib/title';
import { useCollection } from '../live/hooks';

export function Watcher() {
  const { watched } = settings.value;
  const summaries = useCollection<BuilderSummary>(watched.length > 0 ? specs.allSummaries(watched.length, { name__eq: watched }) : null);
  const list = watched.length > 0 ? (summaries.data ?? []) : [];
  const failing = list.filter((summary) => ['failure', 'exception'].includes(healthStatus(summary))).length;
  const running = list.filter((summary) => summary.running > 0).length;
  useEffect(() => {
    watch.value = { watched: list.length, failing, running };
  }, [list.length, failing, running]);
  return null;
}
