// SPDX-License-Identifier: Apache-2.0
// One field of the force form, for every type that the API knows.
import type { ForceField } from '../api/records';
import { fieldLabel, type FieldValue, type Values } from '../lib/forcefields';

export interface FieldProps {
  field: ForceField;
  values: Values;
  errors: Record<string, string>;
  onChange: (field: ForceField, value: FieldValue) => void;
  /** Fields that make no sense now: the name of someone who is signed in. */
  skip: (field: ForceField) => boolean;
}

export function ForceFieldView(props: FieldProps) {
  const { field, errors, skip } = props;
  if (field.hide || field.type === 'fixed' || skip(field)) return null;
  if (field.type === 'nested') return <Nested {...props} />;
  const error = errors[field.fullName];
  const id = `force-${field.fullName}`;
  return (
    <div class={field.type === 'bool' ? 'field field-bool' : 'field'} data-testid={`field-${field.fullName}`}>
      <label for={id}>
        <span class="field-label">
          {fieldLabel(field)}
          {field.required && <span class="required"> (required)</span>}
        </span>
      </label>
      <Control {...props} id={id} invalid={error !== undefined} />
      {field.tooltip && <p class="hint">{field.tooltip}</p>}
      <p class="field-error" id={`${id}-error`} role="alert">{error ?? ''}</p>
    </div>
  );
}

function Nested(props: FieldProps) {
  const { field } = props;
  const children = (field.fields ?? []).map((child) => <ForceFieldView key={child.fullName || child.name} {...props} field={child} />);
  const columns = Math.min(4, Math.max(1, field.columns ?? 1));
  const title = field.layout === 'tabs' ? field.tablabel || field.label : field.label;
  if (!title || field.layout === 'simple') return <div class={`field-group columns-${columns}`}>{children}</div>;
  return (
    <fieldset class="field-set">
      <legend>{title}</legend>
      <div class={`field-group columns-${columns}`}>{children}</div>
    </fieldset>
  );
}

interface ControlProps extends FieldProps {
  id: string;
  invalid: boolean;
}

function Control(props: ControlProps) {
  const { field, values, onChange, id, invalid } = props;
  const value = values[field.fullName] ?? '';
  const common = {
    id,
    name: field.fullName,
    required: field.required && field.type !== 'bool',
    'aria-invalid': invalid,
    'aria-describedby': `${id}-error`,
  };
  const change = (next: FieldValue) => onChange(field, next);
  const max = field.maxsize ?? undefined;
  switch (field.type) {
    case 'bool':
      return <input {...common} type="checkbox" checked={value === true} onChange={(e) => change(e.currentTarget.checked)} />;
    case 'int':
      return <input {...common} inputMode="numeric" value={String(value)} onInput={(e) => change(e.currentTarget.value)} />;
    case 'textarea':
      return <textarea {...common} rows={Math.min(field.rows ?? 6, 12)} maxLength={max} value={String(value)} onInput={(e) => change(e.currentTarget.value)} />;
    case 'list':
      return <Choice {...props} common={common} />;
    case 'file':
      return <input {...common} type="file" onChange={(e) => void readFile(e.currentTarget.files?.[0]).then(change)} />;
    default:
      return <input {...common} type="text" maxLength={max} value={String(value)} onInput={(e) => change(e.currentTarget.value)} />;
  }
}

async function readFile(file: File | undefined): Promise<string> {
  return file ? await file.text() : '';
}

function Choice({ field, values, onChange, common }: ControlProps & { common: { id: string; name: string } }) {
  const value = values[field.fullName];
  const choices = field.choices ?? [];
  if (field.multiple) {
    const chosen = Array.isArray(value) ? value : [];
    const change = (el: HTMLSelectElement) => onChange(field, [...el.selectedOptions].map((o) => o.value));
    return (
      <select {...common} multiple size={Math.min(8, Math.max(3, choices.length))} onChange={(e) => change(e.currentTarget)}>
        {choices.map((c) => <option key={c} value={c} selected={chosen.includes(c)}>{c}</option>)}
      </select>
    );
  }
  if (field.strict === false) {
    return (
      <>
        <input {...common} type="text" list={`${common.id}-choices`} value={String(value ?? '')} onInput={(e) => onChange(field, e.currentTarget.value)} />
        <datalist id={`${common.id}-choices`}>{choices.map((c) => <option key={c} value={c} />)}</datalist>
      </>
    );
  }
  return (
    <select {...common} value={String(value ?? '')} onChange={(e) => onChange(field, e.currentTarget.value)}>
      {!choices.includes(String(value ?? '')) && <option value="" />}
      {choices.map((c) => <option key={c} value={c}>{c}</option>)}
    </select>
  );
}
