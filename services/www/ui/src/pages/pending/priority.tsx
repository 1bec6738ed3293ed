// SPDX-License-Identifier: Apache-2.0
// The priority of a request, and the dialog that changes it.
import { useState } from 'preact/hooks';
import { control } from '../../api/client';
import type { BuildRequest } from '../../api/records';
import { Dialog } from '../../components/dialog';
import { tell, tellError } from '../../components/toast';
import { withRights } from '../../lib/session';
import { t } from '../../text';

export function Priority({ request, onDone }: { request: BuildRequest; onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  return (
    <span class="priority">
      {request.priority}
      <button type="button" class="button quiet small" onClick={() => setAsking(true)} data-testid="change-priority">{t.pending.changePriority}</button>
      {asking && <PriorityDialog request={request} onDone={onDone} onClose={() => setAsking(false)} />}
    </span>
  );
}

function PriorityDialog({ request, onDone, onClose }: { request: BuildRequest; onDone: () => void; onClose: () => void }) {
  const [value, setValue] = useState(String(request.priority));
  const save = async (event: Event) => {
    event.preventDefault();
    try {
      const call = () => control(`buildrequests/${request.buildrequestid}`, 'set_priority', { priority: Number(value) });
      if (await withRights(t.pending.settingPriority, call)) tell(t.pending.prioritySet);
      onDone();
      onClose();
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <Dialog title={t.pending.priorityTitle(request.buildrequestid)} onClose={onClose}>
      <form class="row-form" onSubmit={(event) => void save(event)}>
        <label class="field">
          <span class="field-label">{t.pending.priority}</span>
          <input type="number" step="1" required value={value} onInput={(e) => setValue(e.currentTarget.value)} data-testid="priority" />
        </label>
        <button type="submit" class="button primary" data-testid="save-priority">{t.pending.save}</button>
        <p class="hint">{t.pending.priorityHint}</p>
      </form>
    </Dialog>
  );
}
