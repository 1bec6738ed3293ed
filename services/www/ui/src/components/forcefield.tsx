// SPDX-License-Identifier: Apache-2.0
// One field of the force form, for every type that the API knows.
import { useEffect, useState } from 'preact/hooks';
import type { ForceField } from '../api/records';
import { formatSize } from '../lib/format';
import { fieldLabel, leafFields, type FieldValue, type Values } from '../lib/forcefields';
import { t } from '../text';

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
  if (isUnseen(field, skip)) return null;
  if (field.type === 'nested') return <Nested {...props} />;
  const error = errors[field.fullName];
  const id = `force-${field.fullName}`;
  return (
    <div class={field.type === 'bool' ? 'field field-bool' : 'field'} data-testid={`field-${field.fullName}`}>
      <label for={id}>
        <span class="field-label">
          {fieldLabel(field)}
          {field.required && <span class="required"> {t.actions.required}</span>}
        </span>
      </label>
      <Control {...props} id={id} invalid={error !== undefined} />
      {field.tooltip && <p class="hint">{field.tooltip}</p>}
      <p class="field-error" id={`${id}-error`} role="alert">{error ?? ''}</p>
    </div>
  );
}

function isUnseen(field: ForceField, skip: FieldProps['skip']): boolean {
  return field.hide === true || field.type === 'fixed' || skip(field);
}

/** Simple: just the fields; vertical: a frame; tabs: each field on a tab of its own. */
function Nested(props: FieldProps) {
  const { field } = props;
  const title = fieldLabel(field);
  const fields = (field.fields ?? []).filter((child) => !isUnseen(child, props.skip));
  if (fields.length === 0) return null;
  const content = field.layout === 'tabs' ? <FieldTabs {...props} fields={fields} /> : <FieldGrid {...props} fields={fields} />;
  if (!title || field.layout === 'simple') return content;
  return (
    <fieldset class="field-set" data-testid={`frame-${field.fullName}`}>
      <legend>{title}</legend>
      {content}
    </fieldset>
  );
}

function FieldGrid(props: FieldProps & { fields: readonly ForceField[] }) {
  const columns = Math.min(4, Math.max(1, props.field.columns ?? 1));
  return (
    <div class={`field-group columns-${columns}`}>
      {props.fields.map((child, i) => <ForceFieldView key={child.fullName || i} {...props} field={child} />)}
    </div>
  );
}

function FieldTabs(props: FieldProps & { fields: readonly ForceField[] }) {
  const { field, fields, errors } = props;
  const [current, setCurrent] = useState(0);
  const wrong = fields.map((child) => leafFields([child]).some((leaf) => errors[leaf.fullName] !== undefined));
  const firstWrong = wrong.indexOf(true);
  // A complaint must be seen; while it lasts, the other tabs can be looked at all the same.
  useEffect(() => {
    if (firstWrong >= 0) setCurrent(firstWrong);
  }, [firstWrong]);
  const id = (what: string, i: number) => `force-${what}-${field.fullName}-${i}`;
  return (
    <div>
      <div class="force-tabs" role="tablist" aria-label={fieldLabel(field)}>
        {fields.map((child, i) => (
          <button
            key={child.fullName || i}
            type="button"
            role="tab"
            id={id('tab', i)}
            aria-selected={i === current}
            aria-controls={id('panel', i)}
            class={wrong[i] ? 'tab-wrong' : undefined}
            onClick={() => setCurrent(i)}
          >
            {child.tablabel || fieldLabel(child)}
          </button>
        ))}
      </div>
      {fields.map((child, i) => (
        <div key={child.fullName || i} role="tabpanel" id={id('panel', i)} aria-labelledby={id('tab', i)} hidden={i !== current}>
          {/* The tab's text stands for the frame's. */}
          <ForceFieldView {...props} field={child.type === 'nested' && child.layout === 'vertical' ? { ...child, layout: 'simple' } : child} />
        </div>
      ))}
    </div>
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
      return <FileInput {...props} common={common} />;
    default:
      return <input {...common} type="text" maxLength={max} value={String(value)} onInput={(e) => change(e.currentTarget.value)} />;
  }
}

/** The file's text becomes the value; one that is too large is not even read. */
function FileInput({ field, onChange, common }: ControlProps & { common: { id: string; name: string } }) {
  const [refused, setRefused] = useState('');
  const max = field.maxsize ?? Infinity;
  const take = async (file: File | undefined) => {
    const large = file !== undefined && file.size > max;
    setRefused(large ? `${file.name} has ${formatSize(file.size)}, at most ${formatSize(max)} are taken` : '');
    onChange(field, file && !large ? await file.text() : '');
  };
  return (
    <>
      <input {...common} type="file" onChange={(e) => void take(e.currentTarget.files?.[0])} />
      {refused && <p class="field-error" role="alert">{refused}</p>}
    </>
  );
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
