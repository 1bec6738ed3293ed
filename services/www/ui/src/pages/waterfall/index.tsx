// SPDX-License-Identifier: Apache-2.0
// The waterfall: time down the page, a column for each builder, each build as high as it took.
import { useMemo } from 'preact/hooks';
import type { Build, Builder, Change } from '../../api/records';
import { BuilderFields, TagBar } from '../../components/builderfilter';
import { Await, Empty, EmptyState } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { filterBuilders, linkOf, readFilter, type Filter } from '../../lib/builderfilter';
import { useShortcuts } from '../../lib/keys';
import type { PageProps } from '../../lib/pages';
import { navigate } from '../../lib/router';
import * as specs from '../../lib/specs';
import { useCollection, useNow } from '../../live/hooks';
import { t } from '../../text';
import '../../styles/pages/waterfall.css';
import { Chart } from './chart';
import { layOut } from './layout';

const PAGE = 400;
const MOST = 2000;
/** Pixels that a minute has, from the whole week at once to a single build. */
const SCALES = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];
const USUAL_SCALE = 4;
/** Longer idle times are folded, as in Buildbot's waterfall. */
const IDLE_SECONDS = 300;

export default function WaterfallPage({ query }: PageProps) {
  useTitle(t.nav.waterfall);
  const limit = Math.min(MOST, Math.max(PAGE, Number(query.get('limit')) || PAGE));
  const scale = SCALES.includes(Number(query.get('scale'))) ? Number(query.get('scale')) : USUAL_SCALE;
  const whole = query.get('idle') === '1';
  const filter = readFilter(query);
  const builders = useCollection<Builder>(specs.builders());
  const builds = useCollection<Build>(specs.buildsOfAll(limit));
  const changes = useCollection<Change>(specs.changes(100));
  const link = (part: { filter?: Filter; limit?: number; scale?: number; whole?: boolean }) =>
    linkOf(part.filter ?? filter, '#/waterfall', {
      scale: other(part.scale ?? scale, USUAL_SCALE), limit: other(part.limit ?? limit, PAGE), idle: (part.whole ?? whole) ? 1 : undefined,
    });
  const zoom = (by: number) => {
    const next = SCALES[SCALES.indexOf(scale) + by];
    if (next !== undefined) navigate(link({ scale: next }), true);
  };
  useShortcuts([
    { keys: '+', text: t.waterfall.larger, run: () => zoom(1) },
    { keys: '-', text: t.waterfall.smaller, run: () => zoom(-1) },
  ]);
  const fields = { builders: builders.data ?? [], filter, link: (next: Filter) => link({ filter: next }) };
  return (
    <div class="page waterfall-page">
      <header class="page-head">
        <h1>{t.nav.waterfall}</h1>
        <BuilderFields {...fields} />
        <span class="zoom" role="group" aria-label={t.waterfall.scale(scale)}>
          <button type="button" class="button small" aria-label={t.waterfall.smaller} disabled={scale === SCALES[0]} onClick={() => zoom(-1)}>−</button>
          <button type="button" class="button small" aria-label={t.waterfall.larger} disabled={scale === SCALES.at(-1)} onClick={() => zoom(1)} data-testid="zoom-in">+</button>
        </span>
        <label class="check">
          <input type="checkbox" checked={!whole} onChange={(e) => navigate(link({ whole: !e.currentTarget.checked }), true)} data-testid="fold-idle" /> {t.waterfall.foldIdle}
        </label>
        {builds.data && <span class="muted page-count" role="status">{t.waterfall.shown(builds.data.length)}</span>}
      </header>
      <Await of={builds} lines={10}>
        {(list) => (
          <>
            <TagBar {...fields} />
            {list.length === 0 ? (
              <EmptyState title={t.waterfall.none}><p>{t.waterfall.noneHint}</p></EmptyState>
            ) : (
              <Drawn
                builders={filterBuilders(builders.data ?? [], filter)} builds={list} changes={changes.data ?? []}
                scale={scale} idle={whole ? Number.POSITIVE_INFINITY : IDLE_SECONDS}
                older={list.length >= limit && limit < MOST ? link({ limit: Math.min(MOST, limit * 2) }) : undefined} onZoom={zoom}
              />
            )}
          </>
        )}
      </Await>
    </div>
  );
}

/** What is usual needs no place in the address. */
function other(value: number, usual: number): number | undefined {
  return value === usual ? undefined : value;
}

interface DrawnProps {
  builders: readonly Builder[];
  builds: readonly Build[];
  changes: readonly Change[];
  scale: number;
  idle: number;
  older: string | undefined;
  onZoom: (by: number) => void;
}

function Drawn({ builders, builds, changes, scale, idle, older, onZoom }: DrawnProps) {
  const running = builds.some((b) => !b.complete);
  // A running build grows by a pixel now and then; nobody sees each second.
  const now = Math.ceil(useNow(running) / 5) * 5;
  const names = builders.map((b) => b.builderid).join();
  const waterfall = useMemo(() => layOut(builders, builds, now, { pixelsPerMinute: scale, idle }), [names, builds, now, scale, idle]);
  if (waterfall.columns.length === 0) return <Empty>{t.waterfall.noneMatch}</Empty>;
  return <Chart waterfall={waterfall} changes={changes} pixelsPerMinute={scale} now={now} older={older} onZoom={onZoom} />;
}
