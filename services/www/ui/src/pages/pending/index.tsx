// SPDX-License-Identifier: Apache-2.0
// Every request that waits, in the order in which they are taken, and why.
import { useState } from 'preact/hooks';
import { control } from '../../api/client';
import type { Builder, BuildRequest } from '../../api/records';
import { Source } from '../../components/buildtable';
import { Confirm } from '../../components/dialog';
import { Await, EmptyState } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { Ago } from '../../components/time';
import { tell } from '../../components/toast';
import { WhyWaiting } from '../../components/why';
import type { PageProps } from '../../lib/pages';
import { href, withQuery } from '../../lib/route';
import { navigate } from '../../lib/router';
import { withRights } from '../../lib/session';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';
import '../../styles/pages/overview.css';
import { Priority } from './priority';

const PAGE = 50;
/** Each is judged by the server anew every few seconds, so that only the first ones tell why by themselves. */
const JUDGED = 20;

export default function PendingPage({ query }: PageProps) {
  useTitle(t.pending.title);
  const builderid = Number(query.get('builder')) || undefined;
  const limit = Math.min(1000, Math.max(PAGE, Number(query.get('limit')) || PAGE));
  const requests = useCollection<BuildRequest>(specs.queue(limit, builderid));
  const builders = useCollection<Builder>(specs.builders());
  const link = (part: { builder?: number; limit?: number }) => withQuery('#/pendingbuildrequests', { builder: builderid, ...part });
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t.pending.title}</h1>
        <BuilderChoice builders={builders.data ?? []} chosen={builderid} onChoose={(id) => navigate(link({ builder: id }), true)} />
        {requests.data && requests.data.length > 0 && (
          <span class="muted page-count" role="status">{t.pending.shown(requests.data.length, requests.total)}</span>
        )}
      </header>
      <p class="muted">{t.pending.hint}</p>
      <Await of={requests} lines={6}>
        {(list) =>
          list.length > 0 ? (
            <Queue requests={list} names={new Map(builders.data?.map((b) => [b.builderid, b.name]))} onDone={requests.reload} />
          ) : (
            <EmptyState title={t.pending.none}><p>{t.pending.noneHint}</p></EmptyState>
          )
        }
      </Await>
      {(requests.data?.length ?? 0) >= limit && limit < 1000 && (
        <p class="more"><a class="button" href={link({ limit: limit + 2 * PAGE })}>{t.common.showMore}</a></p>
      )}
    </div>
  );
}

interface ChoiceProps {
  builders: readonly Builder[];
  chosen: number | undefined;
  onChoose: (id: number | undefined) => void;
}

function BuilderChoice({ builders, chosen, onChoose }: ChoiceProps) {
  const sorted = [...builders].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <select aria-label={t.pending.builder} value={chosen ?? ''} data-testid="filter-builder" onChange={(e) => onChoose(Number(e.currentTarget.value) || undefined)}>
      <option value="">{t.pending.anyBuilder}</option>
      {sorted.map((b) => <option key={b.builderid} value={b.builderid}>{b.name}</option>)}
    </select>
  );
}

interface QueueProps {
  requests: readonly BuildRequest[];
  names: ReadonlyMap<number, string>;
  onDone: () => void;
}

function Queue({ requests, names, onDone }: QueueProps) {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const ids = requests.map((r) => r.buildrequestid);
  // What has left the queue meanwhile is no longer chosen.
  const still = ids.filter((id) => chosen.has(id));
  const turn = (id: number, on: boolean) => setChosen(new Set(on ? [...chosen, id] : [...chosen].filter((each) => each !== id)));
  return (
    <>
      <div class="bulk">
        <label class="check">
          <input type="checkbox" checked={still.length === ids.length} onChange={(e) => setChosen(new Set(e.currentTarget.checked ? ids : []))} data-testid="choose-all" />{' '}
          {t.pending.all}
        </label>
        <CancelChosen ids={still} onDone={() => { setChosen(new Set()); onDone(); }} />
      </div>
      <div class="table-wrap">
        <table class="table pending-table">
          <thead>
            <tr>
              <th><span class="sr-only">{t.pending.all}</span></th>
              <th>{t.pending.builder}</th>
              <th>{t.pending.request}</th>
              <th class="num">{t.pending.waits}</th>
              <th class="num">{t.pending.priority}</th>
              <th class="wide-only">{t.pending.source}</th>
              <th class="grow">{t.pending.why}</th>
            </tr>
          </thead>
          <tbody>
            {requests.map((request, i) => (
              <RequestRow
                key={request.buildrequestid} request={request} name={names.get(request.builderid)} judged={i < JUDGED}
                chosen={chosen.has(request.buildrequestid)} onChoose={(on) => turn(request.buildrequestid, on)} onDone={onDone}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface RowProps {
  request: BuildRequest;
  name: string | undefined;
  judged: boolean;
  chosen: boolean;
  onChoose: (on: boolean) => void;
  onDone: () => void;
}

function RequestRow({ request, name, judged, chosen, onChoose, onDone }: RowProps) {
  const id = request.buildrequestid;
  return (
    <tr data-testid="request-row">
      <td><input type="checkbox" aria-label={t.pending.choose(id)} checked={chosen} onChange={(e) => onChoose(e.currentTarget.checked)} /></td>
      <td><a class="strong" href={href('builders', request.builderid)}>{name ?? t.overview.builderNamed(request.builderid)}</a></td>
      <td><a href={href('buildrequests', id)}>{id}</a></td>
      <td class="num"><Ago at={request.submitted_at} /></td>
      <td class="num"><Priority request={request} onDone={onDone} /></td>
      <td class="wide-only"><Source properties={request.properties} /></td>
      <td class="grow">{judged && <WhyWaiting id={id} />}</td>
    </tr>
  );
}

function CancelChosen({ ids, onDone }: { ids: readonly number[]; onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  const cancel = async (reason: string) => {
    const call = async () => {
      for (const id of ids) await control(`buildrequests/${id}`, 'cancel', reason ? { reason } : {});
    };
    if (await withRights(t.pending.cancelling, call)) tell(t.pending.cancelled(ids.length));
    onDone();
  };
  return (
    <>
      <button type="button" class="button small danger" disabled={ids.length === 0} onClick={() => setAsking(true)} data-testid="cancel-chosen">
        {t.pending.cancelChosen(ids.length)}
      </button>
      {asking && (
        <Confirm
          title={t.pending.cancelTitle(ids.length)} text={t.pending.cancelText} action={t.pending.cancelAction} withReason danger
          onConfirm={cancel} onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
