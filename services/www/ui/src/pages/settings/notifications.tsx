// SPDX-License-Identifier: Apache-2.0
// The browser's own notifications, and the builders that they and the tab's icon are about.
import { useEffect, useState } from 'preact/hooks';
import { getPage } from '../../api/client';
import type { Builder } from '../../api/records';
import { Panel } from '../../components/panel';
import { canNotify } from '../../lib/notify';
import { changeSettings, settings } from '../../lib/settings';
import { t } from '../../text';
import { Choice, Setting } from '.';

const MATCHES = 8;

export function Notifications() {
  return (
    <Panel title={t.settings.notifications} testid="settings-notifications">
      <Choice name="notify" texts={t.settings.kinds} />
      {settings.value.notify !== 'none' && <Permission />}
      <Setting name="watched" id="watch-builder"><Watched /></Setting>
    </Panel>
  );
}

/** The browser asks only because somebody has pressed the button. */
function Permission() {
  const [permission, setPermission] = useState(canNotify() ? Notification.permission : 'unsupported');
  if (permission === 'granted') return <p class="setting-example" role="status" data-testid="notify-state">{t.settings.allowed}</p>;
  if (permission === 'unsupported') return <p class="setting-example" role="status" data-testid="notify-state">{t.settings.unsupported}</p>;
  if (permission === 'denied') return <p class="setting-example" role="status" data-testid="notify-state">{t.settings.denied}</p>;
  const ask = () => void Notification.requestPermission().then(setPermission);
  return (
    <p class="setting-example">
      <button type="button" class="button primary" onClick={ask} data-testid="notify-allow">{t.settings.allow}</button> {t.settings.whyAllow}
    </p>
  );
}

function Watched() {
  const { watched } = settings.value;
  const [text, setText] = useState('');
  const found = useBuilders(text).filter((name) => !watched.includes(name));
  const add = (name: string) => {
    changeSettings({ watched: [...watched, name].sort() });
    setText('');
  };
  return (
    <div class="watched">
      <ul class="watched-list">
        {watched.map((name) => (
          <li key={name} class="tag" data-testid="watched">
            {name}
            <button type="button" class="tag-remove" aria-label={t.settings.unwatch(name)} onClick={() => changeSettings({ watched: watched.filter((each) => each !== name) })}>✕</button>
          </li>
        ))}
      </ul>
      <input id="watch-builder" type="search" value={text} placeholder={t.settings.findBuilder} autocomplete="off" data-testid="watch-find" onInput={(e) => setText(e.currentTarget.value)} />
      <div class="watched-found" role="status">
        {found.map((name) => (
          <button key={name} type="button" class="button small" onClick={() => add(name)} data-testid="watch-add">+ {name}</button>
        ))}
        {text !== '' && found.length === 0 && <span class="hint">{t.settings.noBuilder}</span>}
      </div>
    </div>
  );
}

/** Names that contain the text, asked for when the typing pauses. */
function useBuilders(text: string): string[] {
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === '') return setNames([]);
    const aborter = new AbortController();
    const query = { name__contains: wanted, order: 'name', limit: MATCHES };
    const timer = setTimeout(() => {
      getPage<Builder>('builders', 'builders', query, aborter.signal).then(({ items }) => setNames(items.map((b) => b.name)), () => undefined);
    }, 150);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [text]);
  return names;
}
