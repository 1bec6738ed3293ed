// SPDX-License-Identifier: Apache-2.0
// What the pages ask for, said once: paths, orders, and which live events keep each list up to date.
import type {
  Artifact, AuditRow, Build, Builder, BuilderSummary, BuildPageRecord, BuildRequest, BuildSet, Change, Delivery, ForceScheduler, Log, Notification, Project, Step,
  Test, TestResult, TestResultSet, TestRun, Token, Worker,
} from '../api/records';
import type { Query } from '../api/client';
import type { Spec } from '../live/collection';
import { ascending, descending } from './merge';

/** Properties that tables of builds show. */
const SHOWN = ['branch', 'revision', 'got_revision', 'owner', 'reason', 'workername'];

export function builders(): Spec<Builder> {
  // The events "started" and "stopped" carry only part of a builder.
  return { path: 'builders', plural: 'builders', id: 'builderid', topics: ['builders/*/*'], reloadOnly: true };
}

/** Of some builders; what their builds and requests do makes it be fetched again, once a second at most. */
export function summaries(builderids: readonly number[]): Spec<BuilderSummary> {
  return {
    path: 'builder_summaries', plural: 'builder_summaries', id: 'builderid',
    query: { builderid__eq: builderids, limit: builderids.length },
    topics: ['builds/*/*', 'buildrequests/*/*'], reloadOnly: true, reloadAfter: 1000,
    concerns: (record) => builderids.includes(Number(record.builderid)),
  };
}

/** Of all builders, or of those with a tag, for pages that order builders by how they stand. */
export function allSummaries(limit: number, filters: Query = {}): Spec<BuilderSummary> {
  return {
    path: 'builder_summaries', plural: 'builder_summaries', id: 'builderid',
    query: { ...filters, active: true, order: 'name', limit },
    topics: ['builds/*/*', 'buildrequests/*/*'], reloadOnly: true, reloadAfter: 1000,
  };
}

/** The newest builds that went wrong. */
export function failedBuilds(limit: number): Spec<Build> {
  return {
    path: 'builds', plural: 'builds', id: 'buildid',
    query: { results__eq: [2, 4], order: '-buildid', limit, property: SHOWN },
    topics: ['builds/*/finished'], accept: (b) => b.results === 2 || b.results === 4, reloadOn: ['finished'],
    compare: descending('buildid'), limit,
  };
}

export function projects(): Spec<Project> {
  return { path: 'projects', plural: 'projects', id: 'projectid', query: { order: 'name' } };
}

export function builder(key: string): Spec<Builder> {
  return { path: `builders/${encodeURIComponent(key)}`, plural: 'builders', id: 'builderid' };
}

export function runningBuilds(limit = 200): Spec<Build> {
  return {
    path: 'builds', plural: 'builds', id: 'buildid',
    query: { complete: false, order: '-buildid', limit },
    topics: ['builds/*/*'], accept: (b) => !b.complete, compare: descending('buildid'), limit,
  };
}

export function recentBuilds(limit: number): Spec<Build> {
  return {
    path: 'builds', plural: 'builds', id: 'buildid',
    query: { order: '-buildid', limit },
    topics: ['builds/*/*'], compare: descending('buildid'), limit,
  };
}

/** The newest builds of all builders, with what tables show of them. */
export function buildsOfAll(limit: number): Spec<Build> {
  return {
    path: 'builds', plural: 'builds', id: 'buildid',
    query: { order: '-buildid', limit, property: SHOWN },
    // Events carry no properties, and the revision is one.
    topics: ['builds/*/*'], reloadOn: ['new', 'finished'], compare: descending('buildid'), limit,
  };
}

export function changes(limit: number, filters: Query = {}): Spec<Change> {
  return {
    path: 'changes', plural: 'changes', id: 'changeid', query: { ...filters, order: '-changeid', limit },
    topics: ['changes/*/new'], reloadOnly: true,
  };
}

export function buildsOfBuilder(builderid: number, limit: number): Spec<Build> {
  return {
    path: 'builds', plural: 'builds', id: 'buildid',
    query: { builderid, order: '-number', limit, property: SHOWN },
    topics: [`builders/${builderid}/builds/*/*`], reloadOn: ['new', 'finished'],
    compare: descending('number'), limit,
  };
}

export function buildsOfWorker(workerid: number, limit: number): Spec<Build> {
  return {
    path: `workers/${workerid}/builds`, plural: 'builds', id: 'buildid',
    query: { order: '-buildid', limit, property: SHOWN },
    topics: [`workers/${workerid}/builds/*/*`], reloadOn: ['new', 'finished'],
    compare: descending('buildid'), limit,
  };
}

/** A build with what belongs to it, as it is at one moment. */
export function buildPage(builder: string, number: number): Spec<BuildPageRecord> {
  return { path: `builders/${encodeURIComponent(builder)}/builds/${number}/page`, plural: 'pages', id: 'build' };
}

/** The builder's next build after one. */
export function nextBuild(builderid: number, number: number): Spec<Build> {
  return {
    path: 'builds', plural: 'builds', id: 'buildid',
    query: { builderid, number__gt: number, order: 'number', limit: 1 },
    topics: [`builders/${builderid}/builds/*/new`], accept: (b) => b.number > number, compare: ascending('number'), limit: 1,
  };
}

export function build(buildid: number): Spec<Build> {
  return {
    path: `builds/${buildid}`, plural: 'builds', id: 'buildid', query: { property: SHOWN },
    // Events carry no properties, and the revision that was built is one.
    topics: [`builds/${buildid}/*`], reloadOn: ['finished'],
  };
}

/** Events do not tell who triggered a build, so that those of the builders concerned make the list be fetched again. */
export function triggeredBuilds(buildid: number, builderids: readonly number[]): Spec<Build> {
  return {
    path: `builds/${buildid}/triggered_builds`, plural: 'builds', id: 'buildid', query: { order: 'buildid' },
    topics: builderids.map((id) => `builders/${id}/builds/*/*`), reloadOnly: true,
  };
}

/** The last builds of several builders. */
export function buildsOfBuilders(builderids: readonly number[], limit: number): Spec<Build> {
  return {
    path: 'builds', plural: 'builds', id: 'buildid',
    query: { builderid__eq: builderids, order: '-buildid', limit },
    topics: builderids.map((id) => `builders/${id}/builds/*/*`), compare: descending('buildid'), limit,
  };
}

export function artifacts(buildid: number): Spec<Artifact> {
  return {
    path: `builds/${buildid}/artifacts`, plural: 'artifacts', id: 'artifactid', query: { order: 'name', limit: 500 },
    topics: ['artifacts/*/new'], accept: (a) => a.buildid === buildid,
  };
}

export function testResultSets(buildid: number): Spec<TestResultSet> {
  return {
    path: `builds/${buildid}/test_result_sets`, plural: 'test_result_sets', id: 'test_result_setid',
    topics: ['test_result_sets/*/*'], accept: (s) => s.buildid === buildid, compare: ascending('test_result_setid'),
  };
}

export function testResults(setid: number, limit: number, value?: string): Spec<TestResult> {
  return {
    path: `test_result_sets/${setid}/results`, plural: 'test_results', id: 'test_resultid',
    query: { ...(value === undefined ? {} : { value }), order: 'test_resultid', limit },
    topics: [`test_result_sets/${setid}/*`], reloadOnly: true,
  };
}

/** What the builder's last builds say of the tests that failed in any of them. */
export function failedTests(builderid: number): Spec<Test> {
  return {
    path: `builders/${builderid}/tests`, plural: 'tests', id: 'name', query: { failures__gt: 0, order: '-failures', limit: 1000 },
    topics: [`builders/${builderid}/builds/*/finished`], reloadOnly: true, reloadAfter: 1000,
  };
}

/** Of which kind the tests of a builder are asked for: what is asked, and in which order they come. */
const TESTS: Record<'flaky' | 'failing' | 'slow' | 'all', Query> = {
  // One change of mind is what a fix, or the commit that broke it, does as well.
  flaky: { flips__gt: 1, order: '-flakiness' },
  failing: { last_outcome: 'failed', order: '-failures' },
  slow: { duration_ns__gt: 0, order: '-duration_ns' },
  all: { order: 'name' },
};

/** Over the builder's last builds; `q` is a part of the name. */
export function tests(builderid: number, kind: keyof typeof TESTS, q: string, limit = 200): Spec<Test> {
  return {
    path: `builders/${builderid}/tests`, plural: 'tests', id: 'name', query: { ...TESTS[kind], limit, ...(q ? { name__contains: q } : {}) },
    topics: [`builders/${builderid}/builds/*/finished`], reloadOnly: true, reloadAfter: 1000,
  };
}

/** What became of a test in the last builds, the newest first. */
export function testHistory(builderid: number, name: string, limit = 20): Spec<TestRun> {
  return {
    path: `builders/${builderid}/test_history`, plural: 'test_history', id: 'test_resultid', query: { name, limit },
    topics: [`builders/${builderid}/builds/*/finished`], reloadOnly: true,
  };
}

export function buildsOfRequest(buildrequestid: number): Spec<Build> {
  return {
    path: `buildrequests/${buildrequestid}/builds`, plural: 'builds', id: 'buildid',
    topics: ['builds/*/*'], accept: (b) => b.buildrequestid === buildrequestid, compare: descending('buildid'),
  };
}

export function steps(buildid: number): Spec<Step> {
  return {
    path: `builds/${buildid}/steps`, plural: 'steps', id: 'stepid',
    topics: [`builds/${buildid}/steps/*/*`], compare: ascending('number'),
  };
}

export function step(stepid: number): Spec<Step> {
  return { path: `steps/${stepid}`, plural: 'steps', id: 'stepid', topics: [`steps/${stepid}/*`] };
}

export function logs(stepid: number): Spec<Log> {
  return {
    path: `steps/${stepid}/logs`, plural: 'logs', id: 'logid',
    topics: [`steps/${stepid}/logs/*/*`], compare: ascending('logid'),
  };
}

export function log(logid: number): Spec<Log> {
  return { path: `logs/${logid}`, plural: 'logs', id: 'logid', topics: [`logs/${logid}/*`] };
}

export function pendingRequests(builderid?: number): Spec<BuildRequest> {
  const topic = builderid === undefined ? 'buildrequests/*/*' : `builders/${builderid}/buildrequests/*/*`;
  return {
    path: 'buildrequests', plural: 'buildrequests', id: 'buildrequestid',
    query: { ...(builderid === undefined ? {} : { builderid, property: SHOWN }), claimed: false, limit: 200 },
    topics: [topic], reloadOn: ['cancel'], accept: (r) => !r.claimed && !r.complete, compare: ascending('submitted_at'),
  };
}

/** In the order in which they are taken, a page of them; for one builder where it is named. */
export function queue(limit: number, builderid?: number): Spec<BuildRequest> {
  return {
    path: 'buildrequests', plural: 'buildrequests', id: 'buildrequestid',
    query: { ...(builderid === undefined ? {} : { builderid }), claimed: false, complete: false, order: ['-priority', 'buildrequestid'], limit, property: SHOWN },
    topics: [builderid === undefined ? 'buildrequests/*/*' : `builders/${builderid}/buildrequests/*/*`],
    reloadOnly: true, reloadAfter: 1000,
  };
}

export function request(buildrequestid: number): Spec<BuildRequest> {
  return {
    path: `buildrequests/${buildrequestid}`, plural: 'buildrequests', id: 'buildrequestid',
    topics: [`buildrequests/${buildrequestid}/*`], reloadOn: ['complete'],
  };
}

export function buildset(bsid: number): Spec<BuildSet> {
  return { path: `buildsets/${bsid}`, plural: 'buildsets', id: 'bsid' };
}

export function changesOfBuild(buildid: number): Spec<Change> {
  return { path: `builds/${buildid}/changes`, plural: 'changes', id: 'changeid', query: { limit: 100 } };
}

/** Events do not say what a worker is configured for. */
export function workers(): Spec<Worker> {
  return {
    path: 'workers', plural: 'workers', id: 'workerid', query: { order: 'name' },
    topics: ['workers/*/*'], reloadOnly: true,
  };
}

export function worker(key: string | number): Spec<Worker> {
  return {
    path: `workers/${encodeURIComponent(key)}`, plural: 'workers', id: 'workerid',
    topics: /^\d+$/.test(String(key)) ? [`workers/${key}/*`] : [],
  };
}

export function workersOfBuilder(builderid: number): Spec<Worker> {
  return {
    path: `builders/${builderid}/workers`, plural: 'workers', id: 'workerid', query: { order: 'name' },
    topics: ['workers/*/*'], reloadOnly: true,
  };
}

export function forceSchedulers(builderid: number): Spec<ForceScheduler> {
  return { path: `builders/${builderid}/forceschedulers`, plural: 'forceschedulers', id: 'name', query: { order: 'name' } };
}

export function messages(limit: number, buildid?: number, filters: Record<string, string> = {}): Spec<Notification> {
  const wanted = Object.entries(given(filters));
  return {
    path: 'notifications', plural: 'notifications', id: 'notificationid',
    query: { ...(buildid === undefined ? {} : { buildid }), ...given(filters), order: '-notificationid', limit },
    topics: ['notifications/*/*'], compare: descending('notificationid'), limit,
    accept: (n) => (buildid === undefined || n.buildid === buildid) && wanted.every(([name, value]) => n[name as keyof Notification] === value),
  };
}

export function message(id: number): Spec<Notification> {
  return {
    path: `notifications/${id}`, plural: 'notifications', id: 'notificationid', topics: [`notifications/${id}/*`],
  };
}

/** Empty texts filter nothing. */
const given = (filters: Record<string, string>) => Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''));

export function deliveries(limit: number, filters: Record<string, string> = {}): Spec<Delivery> {
  return {
    path: 'deliveries', plural: 'deliveries', id: 'deliveryid',
    query: { ...given(filters), order: '-deliveryid', limit },
    topics: ['deliveries/*/*'], reloadOnly: true,
  };
}

export function delivery(id: number): Spec<Delivery> {
  return { path: `deliveries/${id}`, plural: 'deliveries', id: 'deliveryid', topics: [`deliveries/${id}/*`], reloadOnly: true };
}

export function replays(id: number): Spec<Delivery> {
  return {
    path: `deliveries/${id}/replays`, plural: 'deliveries', id: 'deliveryid', topics: ['deliveries/*/*'], reloadOnly: true,
  };
}

export function audit(limit: number, filters: Record<string, string> = {}): Spec<AuditRow> {
  return { path: 'audit', plural: 'audit', id: 'auditid', query: { ...given(filters), order: '-auditid', limit } };
}

export function ownTokens(): Spec<Token> {
  return { path: 'me/tokens', plural: 'tokens', id: 'tokenid' };
}
