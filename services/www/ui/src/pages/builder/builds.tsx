// SPDX-License-Identifier: Apache-2.0
// A builder's builds, as a chart and as a table; of one branch or with one result, if the address says so.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Build } from '../../api/records';
import { BuildTable } from '../../components/buildtable';
import { FilterBar, type Filter } from '../../components/filterbar';
import { limitOf, More } from '../../components/more';
import { Await, Empty } from '../../components/notice';
import { Panel } from '../../components/panel';
import { branchesOf, matchingBuilds } from '../../lib/builds';
import type { Status } from '../../lib/results';
import { href } from '../../lib/route';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';

const PAGE = 50;
/** Builds in the chart. */
const CHARTED = 200;
/** Builds among which those that match are looked for. */
const SEARCHED = 1000;
const RESULTS: readonly Status[] = ['success', 'warnings', 'failure', 'skipped', 'exception', 'retry', 'cancelled', 'running'];

export function Builds({ builderid, query }: { builderid: number; query: URLSearchParams }) {
  const [branch, result] = [query.get('branch') ?? '', query.get('result') ?? ''];
  const filtered = branch !== '' || result !== '';
  const limit = limitOf(query, PAGE);
  const builds = useCollection<Build>(specs.buildsOfBuilder(builderid, filtered ? SEARCHED : Math.max(CHARTED, limit)));
  const matching = matchingBuilds(builds.data ?? [], branch, result);
  const link = href('builders', builderid);
  const filters: readonly Filter[] = [
    { name: 'branch', label: t.builder.branch, choices: branchesOf(builds.data ?? [], branch) },
    { name: 'result', label: t.builder.result, choices: RESULTS, texts: t.results },
  ];
  return (
    <Panel title={t.builder.builds} aside={filtered && builds.data && t.builder.shown(matching.length, builds.data.length)} testid="builds">
      <Await of={builds} lines={8}>
        {(list) => {
          if (list.length === 0) return <Empty>{t.builder.noBuilds}</Empty>;
          return (
            <>
              <div class="builds-filter"><FilterBar link={link} filters={filters} values={{ branch, result }} /></div>
              {matching.length === 0 && <Empty>{t.builder.noneMatch(list.length)}</Empty>}
              <History builds={matching.slice(0, CHARTED)} />
              {matching.length > 0 && <BuildTable builds={matching.slice(0, limit)} />}
              <More link={link} query={query} step={PAGE} shown={Math.min(limit, matching.length)} />
            </>
          );
        }}
      </Await>
    </Panel>
  );
}

/** The chart's library is fetched when there is something to draw. */
function History({ builds }: { builds: readonly Build[] }) {
  const [Chart, setChart] = useState<ComponentType<{ builds: readonly Build[] }>>();
  const worth = builds.length > 1;
  useEffect(() => {
    if (worth) void import('../../components/durationchart').then((module) => setChart(() => module.default), () => undefined);
  }, [worth]);
  return worth ? <div class="duration-chart-room">{Chart && <Chart builds={builds} />}</div> : null;
}
