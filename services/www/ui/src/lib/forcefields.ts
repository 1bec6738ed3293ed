// SPDX-License-Identifier: Apache-2.0
// The force form's rules: default values, autopopulation, and which field a server's complaint belongs to.
import type { ForceField } from '../api/records';

export type FieldValue = string | number | boolean | string[];
export type Values = Record<string, FieldValue>;

/** Every field that carries a value, in order; nested ones are only frames. */
export function leafFields(fields: readonly ForceField[]): ForceField[] {
  return fields.flatMap((field) => (field.type === 'nested' ? leafFields(field.fields ?? []) : [field]));
}

export function initialValues(fields: readonly ForceField[]): Values {
  const values: Values = {};
  for (const field of leafFields(fields)) values[field.fullName] = initialValue(field);
  return values;
}

function initialValue(field: ForceField): FieldValue {
  const given = field.default;
  switch (field.type) {
    case 'bool': return given === true || given === 'true';
    case 'int': return given === null || given === undefined ? '' : String(given);
    case 'list': return initialChoice(field);
    default: return given === null || given === undefined ? '' : String(given);
  }
}

function initialChoice(field: ForceField): FieldValue {
  const given = field.default;
  if (field.multiple) return Array.isArray(given) ? given.map(String) : given ? [String(given)] : [];
  if (typeof given === 'string' && given !== '') return given;
  // A strict list always has a choice selected in the browser, so that it must be the value too.
  return field.strict !== false && !field.required ? (field.choices?.[0] ?? '') : '';
}

/** What choosing `value` fills in elsewhere. */
export function autopopulated(field: ForceField, value: FieldValue): Values {
  const table = field.autopopulate?.[String(value)];
  return table ? { ...table } : {};
}

/** The parameters of the force call; numbers go as numbers where they are numbers. */
export function forceParams(fields: readonly ForceField[], values: Values): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const field of leafFields(fields)) {
    const value = values[field.fullName];
    if (value === undefined) continue;
    const isNumber = field.type === 'int' && typeof value === 'string' && /^\s*-?\d+\s*$/.test(value);
    params[field.fullName] = isNumber ? Number(value) : value;
  }
  return params;
}

/** What the browser can see to be missing; everything else is for the server to judge. */
export function missingFields(fields: readonly ForceField[], values: Values): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const field of leafFields(fields)) {
    const value = values[field.fullName];
    const empty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    if (field.required && !field.hide && field.type !== 'bool' && empty) {
      errors[field.fullName] = `${fieldLabel(field)} is required`;
    }
  }
  return errors;
}

/** Labels of the server's own fields end with a colon; frames may have no label at all. */
export function fieldLabel(field: ForceField): string {
  return (field.label || field.name || field.fullName).replace(/\s*:\s*$/, '');
}

/** Complaints about fields that are not on screen; they are shown above the form instead. */
export function strayErrors(shown: ReadonlySet<string>, errors: Record<string, string>): string[] {
  return Object.entries(errors)
    .filter(([name]) => !shown.has(name))
    .map(([name, text]) => `${name}: ${text}`);
}
