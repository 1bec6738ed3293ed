// SPDX-License-Identifier: Apache-2.0
// The rows of builders, of which only those in sight are drawn and asked about.
import { useRef } from 'preact/hooks';
import type { Builder, BuilderSummary } from '../../api/records';
import { BuildBars, Health } from '../../components/bars';
import { StatusMark, VirtualTag } from '../../components/status';
import { Ago } from '../../components/time';
import { isOld } from '../../lib/builderfilter';
import { formatDuration } from '../../lib/format';
import { isVirtual, ownTags } from '../../lib/matrix';
import { narrow } from '../../lib/narrow';
import { href } from '../../lib/route';
import { healthStatus } from '../../lib/summaries';
import { useWindowVirtual } from '../../lib/virtual';
import { blockOf, useSummaries } from '../../live/summaries';
import { t } from '../../text';

const ROW = 45;
const NARROW_ROW = 78;

export function BuilderList({ builders }: { builders: readonly Builder[] }) {
  const list = useRef<HTMLDivElement>(null);
  const height = narrow.value ? NARROW_ROW : ROW;
  const { items, size, margin } = useWindowVirtual({ count: builders.length, estimateSize: () => height, list, overscan: 6 });
  const seen = blockOf(builders, items[0]?.index ?? 0, items.at(-1)?.index ?? 0);
  const summaries = useSummaries(seen.map((b) => b.builderid));
  return (
    <div class="builder-table" role="table" aria-label={t.nav.builders} aria-rowcount={builders.length + 1}>
      <div class="builder-row builder-head" role="row" aria-rowindex={1}>
        <span role="columnheader">{t.overview.builder}</span>
        <span role="columnheader">{t.overview.lastBuilds}</span>
        <span role="columnheader">{t.overview.health}</span>
        <span role="columnheader">{t.overview.usually}</span>
        <span role="columnheader">{t.overview.lastRun}</span>
      </div>
      <div ref={list} class="builder-rows" role="rowgroup" style={{ height: `${size}px` }}>
        {items.map((item) => {
          const builder = builders[item.index];
          return builder && (
            <BuilderRow
              key={builder.builderid} builder={builder} summary={summaries.get(builder.builderid)} index={item.index}
              top={item.start - margin} height={height}
            />
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  builder: Builder;
  summary: BuilderSummary | undefined;
  index: number;
  top: number;
  height: number;
}

function BuilderRow({ builder, summary, index, top, height }: RowProps) {
  return (
    <div
      class="builder-row" role="row" aria-rowindex={index + 2} data-row data-testid="builder-row"
      style={{ transform: `translateY(${top}px)`, height: `${height}px` }}
    >
      <span class="builder-name" role="cell">
        <StatusMark status={summary ? healthStatus(summary) : 'unknown'} />
        <a class="strong clip" href={href('builders', builder.builderid)} title={builder.name}>{builder.name}</a>
        {isOld(builder) && <span class="muted">{t.overview.old}</span>}
        <span class="row-tags">
          {isVirtual(builder) && <VirtualTag />}
          {ownTags(builder.tags).map((tag) => <span key={tag} class="tag small">{tag}</span>)}
        </span>
        <Now summary={summary} />
      </span>
      <span role="cell">{summary && <BuildBars summary={summary} />}</span>
      <span class="num" role="cell">{summary && <Health summary={summary} />}</span>
      <span class="num muted" role="cell">{summary?.usual_duration_s ? formatDuration(summary.usual_duration_s) : '–'}</span>
      <span class="num" role="cell"><Ago at={summary?.last_builds[0]?.started_at} /></span>
    </div>
  );
}

/** What the builder has to do at the moment. */
function Now({ summary }: { summary: BuilderSummary | undefined }) {
  if (!summary || summary.running + summary.pending === 0) return null;
  return (
    <span class="builder-now">
      {summary.running > 0 && <span class="now-running">{t.overview.runningOf(summary.running)}</span>}
      {summary.pending > 0 && <span class="muted">{t.overview.waitingOf(summary.pending)}</span>}
    </span>
  );
}
