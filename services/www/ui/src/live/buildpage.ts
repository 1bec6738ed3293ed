// SPDX-License-Identifier: Apache-2.0
// All that a build's page shows first comes in one answer; each part of it then lives on by itself.
import { useMemo } from 'preact/hooks';
import type { Artifact, Build, BuildPageRecord, BuildRequest, BuildSet, Change, Log, Step, TestResultSet } from '../api/records';
import { triggeredBuilders } from '../lib/links';
import { stepToShow } from '../lib/results';
import * as specs from '../lib/specs';
import { store, useOne, type Loaded } from './hooks';

/** Page of a build that is there. */
export type BuildPage = BuildPageRecord & { build: Build; builder: NonNullable<BuildPageRecord['builder']> };

/** Hands the parts over to the lists that show them. A build that is over does not change: nothing of it is fetched again. */
function handOver(page: BuildPage, shownStep: number | undefined): void {
  const { build, buildrequest, buildset } = page;
  const over = build.complete;
  const whole = (list: string) => over && !page.cut.includes(list);
  store.prime<Build>(specs.build(build.buildid), [build], over);
  if (buildrequest) store.prime<BuildRequest>(specs.request(build.buildrequestid), [buildrequest as BuildRequest], over);
  if (buildset) store.prime<BuildSet>(specs.buildset(buildset.bsid), [buildset], true);
  store.prime<Step>(specs.steps(build.buildid), page.steps, whole('steps'));
  store.prime<Change>(specs.changesOfBuild(build.buildid), page.changes, whole('changes'));
  store.prime<Artifact>(specs.artifacts(build.buildid), page.artifacts, whole('artifacts'));
  store.prime<TestResultSet>(specs.testResultSets(build.buildid), page.test_result_sets, whole('test_result_sets'));
  const builders = triggeredBuilders(page.steps);
  const childrenOver = page.children.every((child) => child.complete);
  if (builders.length > 0) store.prime<Build>(specs.triggeredBuilds(build.buildid, builders), page.children as Build[], whole('children') && childrenOver);
  const shown = page.steps.find((step) => step.number === shownStep) ?? stepToShow(page.steps, over);
  if (shown) store.prime<Log>(specs.logs(shown.stepid), shown.logs as Log[], shown.complete && whole('logs'));
}

export function useBuildPage(builder: string, number: number, shownStep: number | undefined): Loaded<BuildPage> {
  const page = useOne<BuildPageRecord>(specs.buildPage(builder, number));
  // Before the parts are drawn, so that they find what was handed over.
  useMemo(() => page.data && handOver(page.data as BuildPage, shownStep), [page.data]);
  return page as Loaded<BuildPage>;
}
