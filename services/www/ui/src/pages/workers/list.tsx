// SPDX-License-Identifier: Apache-2.0
// The rows of workers, of which only those in sight are drawn.
import { useRef } from 'preact/hooks';
import type { Build, Worker } from '../../api/records';
import { Ago } from '../../components/time';
import { Labels, PauseReason, Slots, workerSlots, WorkerState } from '../../components/workerstate';
import { narrow } from '../../lib/narrow';
import { href } from '../../lib/route';
import { useWindowVirtual } from '../../lib/virtual';
import { t } from '../../text';

const ROW = 49;
const NARROW_ROW = 92;
const SHOWN_BUILDS = 3;

interface Props {
  workers: readonly Worker[];
  running: ReadonlyMap<number, readonly Build[]>;
  names: ReadonlyMap<number, string>;
  chosen: ReadonlySet<number>;
  choose: (workerids: readonly number[], chosen: boolean) => void;
}

export function WorkerList({ workers, running, names, chosen, choose }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const height = narrow.value ? NARROW_ROW : ROW;
  const { items, size, margin } = useWindowVirtual({ count: workers.length, estimateSize: () => height, list, overscan: 6 });
  const all = workers.every((w) => chosen.has(w.workerid));
  return (
    <div class="worker-table" role="table" aria-label={t.nav.workers} aria-rowcount={workers.length + 1}>
      <div class="worker-line worker-head" role="row" aria-rowindex={1}>
        <span role="columnheader">
          <input
            type="checkbox" aria-label={t.plant.chooseAll} checked={all} data-testid="choose-all"
            onChange={(e) => choose(workers.map((w) => w.workerid), e.currentTarget.checked)}
          />
        </span>
        <span role="columnheader">{t.plant.worker}</span>
        <span role="columnheader">{t.plant.state}</span>
        <span role="columnheader">{t.plant.slots}</span>
        <span role="columnheader">{t.plant.running}</span>
        <span role="columnheader">{t.plant.host}</span>
        <span role="columnheader" class="num">{t.plant.lastSeen}</span>
      </div>
      <div ref={list} class="worker-lines" role="rowgroup" style={{ height: `${size}px` }}>
        {items.map((item) => {
          const worker = workers[item.index];
          return worker && (
            <div
              key={worker.workerid} class="worker-line" role="row" aria-rowindex={item.index + 2} data-row data-testid="worker-row"
              style={{ transform: `translateY(${item.start - margin}px)`, height: `${height}px` }}
            >
              <Cells worker={worker} builds={running.get(worker.workerid) ?? []} names={names} isChosen={chosen.has(worker.workerid)} choose={choose} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface CellsProps extends Pick<Props, 'names' | 'choose'> {
  worker: Worker;
  builds: readonly Build[];
  isChosen: boolean;
}

function Cells({ worker, builds, names, isChosen, choose }: CellsProps) {
  return (
    <>
      <span role="cell">
        <input
          type="checkbox" aria-label={t.plant.choose(worker.name)} checked={isChosen} data-testid="choose-worker"
          onChange={(e) => choose([worker.workerid], e.currentTarget.checked)}
        />
      </span>
      <span class="worker-name" role="cell">
        <a class="strong clip" href={href('workers', worker.workerid)} title={worker.name}>{worker.name}</a>
        <Labels worker={worker} />
      </span>
      <span class="worker-state" role="cell"><WorkerState worker={worker} /><PauseReason worker={worker} /></span>
      <span role="cell"><Slots busy={builds.length} slots={workerSlots(worker) ?? builds.length} /></span>
      <span class={builds.length > 0 ? 'worker-running' : 'worker-running worker-idle'} role="cell">
        {builds.slice(0, SHOWN_BUILDS).map((b) => (
          <a key={b.buildid} class="clip" href={href('builders', b.builderid, 'builds', b.number)}>
            {names.get(b.builderid) ?? b.builderid} #{b.number}
          </a>
        ))}
        {builds.length > SHOWN_BUILDS && <span class="muted">{t.plant.andMore(builds.length - SHOWN_BUILDS)}</span>}
        {builds.length === 0 && <span class="muted">–</span>}
      </span>
      <span class="muted clip" role="cell" title={String(worker.workerinfo.host ?? '')}>{String(worker.workerinfo.host ?? '–')}</span>
      <span class="num" role="cell">{worker.last_seen_at ? <Ago at={worker.last_seen_at} /> : <span class="muted">{t.plant.never}</span>}</span>
    </>
  );
}
