// SPDX-License-Identifier: Apache-2.0
// The wall: builders as tiles that can be read from across a room, what fails first. It fills the window.
import { useEffect } from 'preact/hooks';
import type { BuilderSummary, Project } from '../../api/records';
import { BuildBars } from '../../components/bars';
import { LiveState } from '../../components/livestate';
import { Await, EmptyState } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { BuildProgress } from '../../components/progress';
import { StatusIcon } from '../../components/icons';
import { Ago } from '../../components/time';
import type { PageProps } from '../../lib/pages';
import { href } from '../../lib/route';
import { config } from '../../lib/session';
import * as specs from '../../lib/specs';
import { byUrgency, failingSince, healthStatus, lastComplete } from '../../lib/summaries';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';
import '../../styles/pages/dashboard.css';

/** As many builders as one answer may have; beyond that a wall says nothing. */
const MOST = 500;
const TILES = 60;

export default function DashboardPage({ query }: PageProps) {
  useTitle(t.dashboard.title);
  useWakefulness();
  const projects = useCollection<Project>(specs.projects());
  const all = useCollection<BuilderSummary>(specs.allSummaries(MOST));
  const project = projects.data?.find((p) => p.name === query.get('project'))?.projectid;
  const tags = query.getAll('tags').flatMap((value) => value.split(',')).filter(Boolean);
  const name = (query.get('name') ?? '').toLowerCase();
  const shown = (list: readonly BuilderSummary[]) =>
    list
      .filter((s) => tags.every((tag) => s.tags.includes(tag)) && s.name.toLowerCase().includes(name))
      .filter((s) => !query.get('project') || s.projectid === project)
      .sort(byUrgency);
  return (
    <div class="wall" data-testid="wall">
      <Await of={all} lines={8}>{(list) => <Wall summaries={shown(list)} />}</Await>
    </div>
  );
}

/** A wall's screen does not go to sleep, where the browser can see to that. */
function useWakefulness(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    const hold = () => {
      if (!document.hidden) void navigator.wakeLock?.request('screen').then((held) => (lock = held), () => undefined);
    };
    hold();
    document.addEventListener('visibilitychange', hold);
    return () => {
      document.removeEventListener('visibilitychange', hold);
      void lock?.release();
    };
  }, []);
}

function Wall({ summaries }: { summaries: readonly BuilderSummary[] }) {
  const failing = summaries.filter((s) => ['failure', 'exception'].includes(healthStatus(s))).length;
  const rest = summaries.length - TILES;
  return (
    <>
      <header class={`wall-head st-${failing > 0 ? 'failure' : 'success'}`}>
        <h1>{config.value.title || 'Slipway'}</h1>
        <p class="wall-verdict" role="status" data-testid="wall-verdict">{failing > 0 ? t.dashboard.failing(failing) : t.dashboard.all}</p>
        <LiveState />
        <button type="button" class="button small" onClick={() => void document.documentElement.requestFullscreen?.()}>{t.dashboard.fullScreen}</button>
        <a class="button small" href="#/">{t.dashboard.leave}</a>
      </header>
      {summaries.length === 0 && <EmptyState title={t.dashboard.none} />}
      <ul class="tiles">
        {summaries.slice(0, TILES).map((summary) => <Tile key={summary.builderid} summary={summary} />)}
      </ul>
      {rest > 0 && <p class="muted">{t.dashboard.more(rest)}</p>}
    </>
  );
}

function Tile({ summary }: { summary: BuilderSummary }) {
  const health = healthStatus(summary);
  const status = health === 'unknown' && summary.running > 0 ? 'running' : health;
  const last = lastComplete(summary);
  const running = summary.last_builds.find((build) => build.complete_at === null);
  const since = failingSince(summary);
  return (
    <li class={`tile st-${status}`} data-testid="tile" data-status={status}>
      <a href={href('builders', summary.builderid)} class="tile-name"><StatusIcon status={status} />{summary.name}</a>
      <p class="tile-fact">
        {last && <a href={href('builders', summary.builderid, 'builds', last.number)}>{t.dashboard.build(last.number)}</a>}{' '}
        {(last || running) && t.results[status]} {last && <Ago at={last.complete_at} />}
      </p>
      {since && <p class="tile-fact">{t.dashboard.since(since.number)}</p>}
      {running && summary.usual_duration_s ? <BuildProgress from={running.started_at} usual={summary.usual_duration_s} /> : <BuildBars summary={summary} />}
    </li>
  );
}
