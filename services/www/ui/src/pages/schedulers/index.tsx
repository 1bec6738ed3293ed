// SPDX-License-Identifier: Apache-2.0
// The schedulers: what each decides for, when it fires next and fired last, and its switch.
import { useState } from 'preact/hooks';
import { control } from '../../api/client';
import type { Builder, Scheduler } from '../../api/records';
import { Dialog } from '../../components/dialog';
import { Await, Empty, EmptyState } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { Ago } from '../../components/time';
import { tell, tellError } from '../../components/toast';
import type { PageProps } from '../../lib/pages';
import * as plant from '../../lib/plantspecs';
import { href, withQuery } from '../../lib/route';
import { navigate } from '../../lib/router';
import { withRights } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import '../../styles/pages/plant.css';
import { t } from '../../text';

interface Filter {
  q: string;
  type: string;
  old: boolean;
}

const linkOf = ({ q, type, old }: Filter) => withQuery('#/schedulers', { q: q || undefined, type: type || undefined, old: old ? 1 : undefined });
const isOld = (scheduler: Scheduler) => scheduler.master === null;

function matches(scheduler: Scheduler, { q, type, old }: Filter): boolean {
  const text = [scheduler.name, ...scheduler.builder_names].join(' ').toLowerCase();
  return (old || !isOld(scheduler)) && (!type || scheduler.type === type) && text.includes(q.toLowerCase());
}

export default function SchedulersPage({ query }: PageProps) {
  useTitle(t.nav.schedulers);
  const schedulers = useCollection<Scheduler>(plant.schedulers());
  const filter = { q: query.get('q') ?? '', type: query.get('type') ?? '', old: query.get('old') === '1' };
  const shown = schedulers.data?.filter((s) => matches(s, filter)) ?? [];
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t.nav.schedulers}</h1>
        <Controls filter={filter} schedulers={schedulers.data ?? []} />
      </header>
      <Await of={schedulers} lines={6}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState title={t.plant.noSchedulers}><p>{t.plant.howToSchedule}</p></EmptyState>
          ) : shown.length === 0 ? (
            <Empty>{t.plant.noSchedulerMatches}</Empty>
          ) : (
            <Table schedulers={shown} reload={schedulers.reload} />
          )
        }
      </Await>
    </div>
  );
}

function Controls({ filter, schedulers }: { filter: Filter; schedulers: readonly Scheduler[] }) {
  const change = (part: Partial<Filter>) => navigate(linkOf({ ...filter, ...part }), true);
  const types = [...new Set(schedulers.map((s) => s.type))].sort();
  return (
    <>
      <input
        type="search" class="search" placeholder={t.plant.findScheduler} aria-label={t.plant.findScheduler} value={filter.q}
        data-testid="find-scheduler" onInput={(e) => change({ q: e.currentTarget.value })}
      />
      <select class="short" aria-label={t.plant.type} value={filter.type} onChange={(e) => change({ type: e.currentTarget.value })}>
        <option value="">{t.plant.anyType}</option>
        {types.map((type) => <option key={type} value={type}>{t.plant.types[type] ?? type}</option>)}
      </select>
      {(filter.old || schedulers.some(isOld)) && (
        <label class="check">
          <input type="checkbox" checked={filter.old} onChange={(e) => change({ old: e.currentTarget.checked })} /> {t.plant.showGone}
        </label>
      )}
    </>
  );
}

function Table({ schedulers, reload }: { schedulers: readonly Scheduler[]; reload: () => void }) {
  const builders = useCollection<Builder>(specs.builders());
  const ids = new Map(builders.data?.map((b) => [b.name, b.builderid]));
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th>{t.plant.scheduler}</th>
            <th class="wide-only">{t.plant.type}</th>
            <th class="grow wide-only">{t.sources.builders}</th>
            <th>{t.plant.nextFire}</th>
            <th class="wide-only">{t.plant.lastFired}</th>
            <th>{t.plant.enabled}</th>
            <th><span class="sr-only">{t.plant.force}</span></th>
          </tr>
        </thead>
        <tbody>{schedulers.map((s) => <Row key={s.schedulerid} scheduler={s} ids={ids} reload={reload} />)}</tbody>
      </table>
    </div>
  );
}

const SHOWN = 6;

function Row({ scheduler, ids, reload }: { scheduler: Scheduler; ids: ReadonlyMap<string, number>; reload: () => void }) {
  const names = scheduler.builder_names;
  return (
    <tr data-testid="scheduler-row" data-state={scheduler.enabled ? 'on' : 'off'}>
      <td class="break">
        <span class="strong">{scheduler.name}</span>
        <span class="row-more narrow-only">{t.plant.types[scheduler.type] ?? scheduler.type}</span>
        {isOld(scheduler) && <span class="row-more">{t.plant.gone}</span>}
      </td>
      <td class="muted wide-only">{t.plant.types[scheduler.type] ?? scheduler.type}</td>
      <td class="grow wide-only">
        <span class="scheduler-builders">
          {names.slice(0, SHOWN).map((name) => <a key={name} href={href('builders', ids.get(name) ?? name)}>{name}</a>)}
          {names.length > SHOWN && <span class="muted">{t.plant.andMore(names.length - SHOWN)}</span>}
        </span>
      </td>
      <td data-testid="next-fire"><Ago at={scheduler.next_fire_at} /></td>
      <td class="wide-only"><Ago at={scheduler.last_fired_at} /></td>
      <td>{!isOld(scheduler) && <Switch scheduler={scheduler} reload={reload} />}</td>
      <td class="num">{scheduler.type === 'force' && !isOld(scheduler) && <Force scheduler={scheduler} ids={ids} />}</td>
    </tr>
  );
}

function Switch({ scheduler, reload }: { scheduler: Scheduler; reload: () => void }) {
  const [busy, setBusy] = useState(false);
  const { name, enabled } = scheduler;
  const turn = async () => {
    setBusy(true);
    try {
      const call = () => control(`schedulers/${scheduler.schedulerid}`, 'enable', { enabled: !enabled });
      if (await withRights(t.plant.switching, call)) {
        tell(enabled ? t.plant.turnedOff(name) : t.plant.turnedOn(name));
        reload();
      }
    } catch (error) {
      tellError(error);
    }
    setBusy(false);
  };
  return (
    <button
      type="button" role="switch" class="switch" aria-checked={enabled} aria-label={name} disabled={busy} data-testid="scheduler-switch"
      title={enabled ? t.plant.turnOff(name) : t.plant.turnOn(name)} onClick={() => void turn()}
    >
      <span class="wide-only" aria-hidden="true">{enabled ? t.plant.on : t.plant.off}</span>
    </button>
  );
}

/** The form is the builder's: of several, one is chosen first. */
function Force({ scheduler, ids }: { scheduler: Scheduler; ids: ReadonlyMap<string, number> }) {
  const [asking, setAsking] = useState(false);
  const title = t.plant.forceOf(scheduler.name);
  const links = scheduler.builder_names.map((name) => ({ name, link: href('builders', ids.get(name) ?? name, 'force', scheduler.name) }));
  if (links.length === 0) return null;
  if (links.length === 1) return <a class="button small" href={links[0]!.link} aria-label={title} data-testid="scheduler-force">{t.plant.force}</a>;
  return (
    <>
      <button type="button" class="button small" aria-label={title} onClick={() => setAsking(true)} data-testid="scheduler-force">{t.plant.force}</button>
      {asking && (
        <Dialog title={title} onClose={() => setAsking(false)} testid="force-choice">
          <ul class="force-choice">{links.map(({ name, link }) => <li key={name}><a href={link}>{name}</a></li>)}</ul>
        </Dialog>
      )}
    </>
  );
}
