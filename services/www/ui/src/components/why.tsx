// SPDX-License-Identifier: Apache-2.0
// Why a request waits, as the server judges it; every few seconds anew while it is on screen.
import { useEffect, useState } from 'preact/hooks';
import { getJson } from '../api/client';
import type { Gate, Why } from '../api/records';
import { sentence } from '../lib/format';
import { onRefresh } from '../live/refresh';
import { StatusMark } from './status';
import { Ago } from './time';
import { t } from '../text';

/** What others do changes the answer, and no event tells of it. */
const EVERY = 5000;

/** Undefined until it is known, and for a request that is gone by now. */
function useWhy(id: number): Why | undefined {
  const [why, setWhy] = useState<Why>();
  useEffect(() => {
    let open = true;
    const ask = () => {
      if (document.hidden) return;
      const asked = getJson<Why>(`api/v2/buildrequests/${id}/why`);
      void asked.then((answer) => open && setWhy(answer), () => open && setWhy(undefined));
    };
    ask();
    const timer = setInterval(ask, EVERY);
    const unwatch = onRefresh(ask);
    return () => {
      open = false;
      clearInterval(timer);
      unwatch();
    };
  }, [id]);
  return why;
}

/** The answer in one sentence; `whole` adds every condition and the estimate. */
export function WhyWaiting({ id, whole }: { id: number; whole?: boolean }) {
  const why = useWhy(id);
  if (!why) return null;
  return (
    <div class="why" role="status" data-testid="why-waiting">
      <p>{sentence(why.summary)}</p>
      {whole && <ul class="why-gates">{why.gates.map((gate, i) => <GateRow key={i} gate={gate} />)}</ul>}
      <Estimate why={why} />
    </div>
  );
}

function GateRow({ gate }: { gate: Gate }) {
  return (
    <li class={gate.open ? '' : 'gate-closed'} data-testid="gate" data-state={gate.open ? 'open' : 'closed'}>
      <StatusMark status={gate.open ? 'success' : 'pending'} />
      <span>{sentence(gate.text)}</span>
    </li>
  );
}

function Estimate({ why }: { why: Why }) {
  const { estimate } = why;
  if (!estimate?.start_at) return null;
  return (
    <p>
      {t.actions.likelyStart} <Ago at={estimate.start_at} />
      {estimate.complete_at && <> {t.actions.likelyEnd} <Ago at={estimate.complete_at} /></>}
      {estimate.based_on > 0 && ` (${t.actions.basedOn(estimate.based_on)})`}.
    </p>
  );
}
