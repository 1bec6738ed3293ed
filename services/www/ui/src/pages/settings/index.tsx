// SPDX-License-Identifier: Apache-2.0
// What each reader chooses for this browser: looks, language, times, notifications. It holds at once.
import type { ComponentChildren } from 'preact';
import { Panel, useTitle } from '../../components/panel';
import { formatAgo, formatDate, formatDuration } from '../../lib/format';
import { timeZones } from '../../lib/locale';
import { changeSettings, CHOICES, chosenSettings, resetSettings, serverDefaults, settings, type Settings } from '../../lib/settings';
import { clock, useTicking } from '../../live/hooks';
import { LANGUAGES, t } from '../../text';
import '../../styles/pages/settings.css';
import { Notifications } from './notifications';

export default function SettingsPage() {
  useTitle(t.nav.settings);
  const isChanged = Object.keys(chosenSettings.value).length > 0;
  return (
    <div class="page settings">
      <header class="page-head">
        <h1>{t.nav.settings}</h1>
        <div class="head-actions">
          <button type="button" class="button" disabled={!isChanged} onClick={resetSettings} data-testid="settings-reset">{t.settings.reset}</button>
        </div>
      </header>
      <p class="description">{t.settings.about}</p>
      <Looks />
      <Language />
      <Notifications />
    </div>
  );
}

function Looks() {
  return (
    <Panel title={t.settings.looks}>
      <Choice name="theme" texts={t.settings.themes} />
      <Choice name="density" texts={t.settings.densities} />
      <Choice name="sidebar" texts={t.settings.sidebars} />
    </Panel>
  );
}

function Language() {
  const zones = timeZones();
  const { timeZone } = settings.value;
  return (
    <Panel title={t.settings.languageAndTimes}>
      <Choice name="language" texts={{ auto: t.settings.browserLanguage, ...LANGUAGES }} />
      <Setting name="timeZone" id="time-zone">
        <select id="time-zone" value={timeZone} data-testid="set-timeZone" onChange={(e) => changeSettings({ timeZone: e.currentTarget.value })}>
          <option value="local">{t.settings.localZone(Intl.DateTimeFormat().resolvedOptions().timeZone)}</option>
          {zones.map((zone) => <option key={zone} value={zone}>{zone.replace(/_/g, ' ')}</option>)}
        </select>
      </Setting>
      <Choice name="clock" texts={t.settings.clocks} />
      <Example />
    </Panel>
  );
}

/** How times look now. */
function Example() {
  useTicking();
  const now = clock.value;
  const parts = [formatDate(now), formatAgo(now - 300, now), formatAgo(now - 26 * 3600, now), formatDuration(7512)];
  return <p class="setting-example" data-testid="settings-example">{t.settings.example} {parts.join(' · ')}</p>;
}

type Chosen = keyof typeof CHOICES;

export function Choice({ name, texts }: { name: Chosen; texts: Record<string, string> }) {
  const values: readonly string[] = CHOICES[name];
  return (
    <Setting name={name}>
      <div class="segments" role="radiogroup" aria-labelledby={`setting-${name}`}>
        {values.map((value) => (
          <label key={value} class="segment">
            <input
              type="radio" name={name} checked={settings.value[name] === value} data-testid={`set-${name}-${value}`}
              onChange={() => changeSettings({ [name]: value } as Partial<Settings>)}
            />
            <span>{texts[value]}</span>
          </label>
        ))}
      </div>
    </Setting>
  );
}

interface SettingProps {
  name: keyof typeof t.settings.names;
  /** Of its control, when that is one element. */
  id?: string;
  children: ComponentChildren;
}

export function Setting({ name, id, children }: SettingProps) {
  const hint = t.settings.hints[name];
  const isOfServer = name in serverDefaults.value && !(name in chosenSettings.value);
  return (
    <div class="setting">
      <div class="setting-text">
        {id ? <label class="setting-name" for={id}>{t.settings.names[name]}</label> : <span class="setting-name" id={`setting-${name}`}>{t.settings.names[name]}</span>}
        {hint && <p class="hint">{hint}</p>}
        {isOfServer && <p class="hint">{t.settings.ofServer}</p>}
      </div>
      <div class="setting-control">{children}</div>
    </div>
  );
}
