// SPDX-License-Identifier: Apache-2.0
// Filters above a list; the address holds them, so that a filtered list can be linked to.
import { withQuery } from '../lib/route';
import { t } from '../text';

export interface Filter {
  name: string;
  label: string;
  /** Else any text. */
  choices?: readonly string[];
  /** What the choices are called, where that is not their value. */
  texts?: Record<string, string>;
  /** One of the choices holds always. */
  always?: boolean;
}

interface Props {
  link: string;
  filters: readonly Filter[];
  /** Those of the filters, and whatever else the address is to keep. */
  values: Record<string, string>;
}

export function FilterBar({ link, filters, values }: Props) {
  const set = (name: string, value: string) => {
    const all = { ...values, [name]: value.trim() };
    const kept = Object.fromEntries(Object.entries(all).map(([key, each]) => [key, each || undefined]));
    location.hash = withQuery(link, kept);
  };
  return (
    <form class="row-form search-form" role="search" onSubmit={(event) => event.preventDefault()}>
      {filters.map(({ name, label, choices, texts, always }) => (
        <label key={name} class="field">
          <span class="field-label">{label}</span>
          {choices ? (
            <select value={values[name]} data-testid={`filter-${name}`} onChange={(e) => set(name, e.currentTarget.value)}>
              {!always && <option value="">{t.common.any}</option>}
              {choices.map((choice) => <option key={choice} value={choice}>{texts?.[choice] ?? choice}</option>)}
            </select>
          ) : (
            <input type="search" value={values[name]} data-testid={`filter-${name}`} onChange={(e) => set(name, e.currentTarget.value)} />
          )}
        </label>
      ))}
    </form>
  );
}
