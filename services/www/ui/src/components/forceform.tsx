// SPDX-License-Identifier: Apache-2.0
// The force dialog, made from the fields that the scheduler describes.
import { useState } from 'preact/hooks';
import { ApiError, control } from '../api/client';
import type { Builder, ForceField, Forced, ForceScheduler } from '../api/records';
import { autopopulated, forceParams, initialValues, leafFields, missingFields, strayErrors, type FieldValue } from '../lib/forcefields';
import { withRights, config, isAnonymous } from '../lib/session';
import { showForced } from './actions';
import { Dialog } from './dialog';
import { ForceFieldView } from './forcefield';
import { t } from '../text';

interface Props {
  builder: Builder;
  scheduler: ForceScheduler;
  onClose: () => void;
}

/** What has been entered, what is wrong with it, and its sending. */
function useForm({ builder, scheduler }: Props) {
  const fields = scheduler.all_fields;
  const { user } = config.value;
  const [values, setValues] = useState(() => initialValues(fields));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);

  // The server takes the name from the session; asking for it as well would only confuse.
  const skip = (field: ForceField) => field.type === 'username' && !isAnonymous(user) && !errors[field.fullName];
  const change = (field: ForceField, value: FieldValue) => {
    setValues({ ...values, ...autopopulated(field, value), [field.fullName]: value });
    const { [field.fullName]: _, ...others } = errors;
    setErrors(others);
  };
  const send = async () => {
    const params = { builderid: builder.builderid, ...forceParams(fields, values) };
    const call = () => control<Forced>(`forceschedulers/${encodeURIComponent(scheduler.name)}`, 'force', params);
    const answer = await withRights(t.actions.forcing, call);
    if (answer) showForced(answer.result);
  };
  const submit = async () => {
    const missing = missingFields(fields.filter((f) => !skip(f)), values);
    setErrors(missing);
    setFailure('');
    if (Object.keys(missing).length > 0) return;
    setBusy(true);
    try {
      await send();
    } catch (error) {
      const known = error instanceof ApiError ? error.fields : {};
      setErrors(known);
      if (Object.keys(known).length === 0) setFailure((error as Error).message);
    }
    setBusy(false);
  };
  return { values, errors, failure, busy, skip, change, submit };
}

export function ForceDialog(props: Props) {
  const { builder, scheduler, onClose } = props;
  const fields = scheduler.all_fields;
  const { values, errors, failure, busy, skip, change, submit } = useForm(props);
  const shown = new Set(leafFields(fields).filter((f) => !f.hide && f.type !== 'fixed' && !skip(f)).map((f) => f.fullName));
  const stray = strayErrors(shown, errors);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    void submit();
  };
  return (
    <Dialog title={`${scheduler.label || scheduler.name}: ${builder.name}`} onClose={onClose} wide testid="force-dialog">
      {/* The server's judgement is shown at each field, so that the browser's own bubbles are not wanted. */}
      <form onSubmit={onSubmit} noValidate>
        {[...(failure ? [failure] : []), ...stray].map((text) => (
          <p key={text} class="note note-error" role="alert">{text}</p>
        ))}
        <div class="force-fields">
          {fields.map((field, i) => (
            <ForceFieldView key={field.fullName || i} field={field} values={values} errors={errors} onChange={change} skip={skip} />
          ))}
        </div>
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>{t.actions.cancel}</button>
          <button class="button primary" disabled={busy} data-testid="force-submit">
            {busy ? t.actions.forceBusy : t.actions.force}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
