// SPDX-License-Identifier: Apache-2.0
// All keys that work now: everywhere, and on the page that is open.
import { frameShortcuts, shortcuts, type Shortcut } from '../lib/keys';
import { t } from '../text';
import { Dialog } from './dialog';

export default function KeyHelp({ onClose }: { onClose: () => void }) {
  const frame = frameShortcuts.value;
  const goes = frame.filter((row) => row.keys.startsWith('g '));
  const others = [
    ...frame.filter((row) => !row.keys.startsWith('g ')),
    { keys: 'Enter', text: t.keys.enter },
    { keys: 'Escape', text: t.keys.escape },
  ];
  return (
    <Dialog title={t.keys.title} wide onClose={onClose} testid="key-help">
      <div class="key-groups">
        {shortcuts.value.length > 0 && <Keys title={t.keys.onThisPage} rows={shortcuts.value} />}
        <Keys title={t.keys.everywhere} rows={others} />
        <Keys title={t.keys.goTo} rows={goes} />
      </div>
    </Dialog>
  );
}

type Row = Pick<Shortcut, 'keys' | 'text'>;

function Keys({ title, rows }: { title: string; rows: readonly Row[] }) {
  // A key that is taken twice does what its last row says.
  const last = [...new Map(rows.map((row) => [row.keys, row])).values()];
  return (
    <section>
      <h3>{title}</h3>
      <dl class="keys">
        {last.map((row) => (
          <div key={row.keys}>
            <dt>{row.text}</dt>
            <dd><KeySequence keys={row.keys} /></dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const NAMES: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc', ' ': '␣' };

function KeySequence({ keys }: { keys: string }) {
  return (
    <>
      {keys.split(' ').map((key, i) => (
        <span key={i}>
          {i > 0 && <span class="key-then"> {t.keys.then} </span>}
          {key.split('+').map((part) => <kbd key={part}>{NAMES[part] ?? (key.includes('+') ? part.toUpperCase() : part)}</kbd>)}
        </span>
      ))}
    </>
  );
}
