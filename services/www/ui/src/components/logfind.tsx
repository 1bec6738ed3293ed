// SPDX-License-Identifier: Apache-2.0
// The search in a log: what to find, how many there are, to the next and to the one before.
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { sentence } from '../lib/format';
import { COUNTED, ordinal, type LogQuery } from '../live/logsearch';
import type { LogViewer } from '../live/logviewer';
import { t } from '../text';
import { DOWN, IconButton, UP } from './logbar';

interface FindProps {
  viewer: LogViewer;
  query: LogQuery | null;
  input: RefObject<HTMLInputElement | null>;
  /** Puts it into the address; null ends the search. */
  onQuery: (query: LogQuery | null) => void;
  find: (direction: 'forward' | 'backward', errors: boolean) => void;
}

export function LogFind({ viewer, query, input, onQuery, find }: FindProps) {
  const [text, setText] = useState(query?.q ?? '');
  const regex = query?.regex ?? false;
  const exact = query?.exact ?? false;
  useEffect(() => setText(query?.q ?? ''), [query?.q]);
  const change = (part: Partial<LogQuery>) => onQuery(text === '' ? null : { q: text, regex, exact, ...part });
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      onQuery(null);
      setText('');
      viewer.stopSearching();
      input.current?.blur();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (text !== (query?.q ?? '')) change({});
      else find(event.shiftKey ? 'backward' : 'forward', false);
    }
  };
  return (
    <div class="log-find" role="search">
      <div class="log-find-field">
        <input
          ref={input}
          type="search"
          value={text}
          placeholder={t.log.findShort}
          aria-label={t.log.find}
          maxLength={500}
          spellcheck={false}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKey}
          onBlur={() => text !== (query?.q ?? '') && change({})}
          data-testid="log-find"
        />
        <Toggle label={t.log.exact} pressed={exact} onClick={() => change({ exact: !exact })} testid="find-exact">Aa</Toggle>
        <Toggle label={t.log.regex} pressed={regex} onClick={() => change({ regex: !regex })} testid="find-regex">.*</Toggle>
      </div>
      <Count viewer={viewer} />
      <IconButton label={t.log.previousMatch} path={UP} disabled={!query} onClick={() => find('backward', false)} testid="find-previous" />
      <IconButton label={t.log.nextMatch} path={DOWN} disabled={!query} onClick={() => find('forward', false)} testid="find-next" />
    </div>
  );
}

function Toggle({ label, pressed, onClick, testid, children }: { label: string; pressed: boolean; onClick: () => void; testid: string; children: string }) {
  return (
    <button type="button" class="find-toggle" aria-label={label} title={label} aria-pressed={pressed} onClick={onClick} data-testid={testid}>
      {children}
    </button>
  );
}

function Count({ viewer }: { viewer: LogViewer }) {
  const query = viewer.query.value;
  const { lines, whole } = viewer.counted.value;
  const looking = viewer.looking.value;
  const marked = viewer.marked.value;
  const more = !whole || lines.length >= COUNTED;
  if (looking instanceof Error) return <span class="find-count find-wrong" role="alert" data-testid="find-count">{sentence(looking.message)}</span>;
  let text = '';
  if (query && whole && lines.length === 0) text = t.log.noMatch;
  else if (looking === 'busy' || (query && lines.length === 0)) text = t.log.searching;
  else if (query) text = t.log.count(ordinal(viewer.counted.value, marked?.from), lines.length, more);
  return <span class="find-count" role="status" data-testid="find-count">{text}</span>;
}
