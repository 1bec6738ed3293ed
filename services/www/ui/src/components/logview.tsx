// SPDX-License-Identifier: Apache-2.0
// The log viewer: the preview beside a build's steps, and the whole of it on a page of its own.
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { apiUrl } from '../api/client';
import type { Log } from '../api/records';
import { useShortcuts } from '../lib/keys';
import { addressedPrefs, prefParts, prefsOf, type LogPrefs } from '../lib/logprefs';
import { formatRange, parseRange, type LineRange } from '../lib/logrange';
import { withQuery } from '../lib/route';
import { navigate } from '../lib/router';
import { log as logSpec } from '../lib/specs';
import { useOne } from '../live/hooks';
import type { LogQuery } from '../live/logsearch';
import { LogViewer } from '../live/logviewer';
import { t } from '../text';
import { LogBar, Marked } from './logbar';
import { LogFind } from './logfind';
import { logKeys } from './logkeys';
import { LogRows } from './logrows';
import { Empty, ErrorNote } from './notice';
import { tell } from './toast';
import '../styles/log.css';

interface LogViewProps {
  log: Log;
  /** Address of this log's own page; line numbers append "?line=". */
  link: string;
  /** What that page's address says, when this is that page. */
  query?: URLSearchParams;
  /** When the step began, in epoch seconds. */
  started?: number | null;
}

export function LogView(props: LogViewProps) {
  // The list of a step's logs hears of new logs, this of new lines.
  const current = useOne<Log>(logSpec(props.log.logid)).data ?? props.log;
  if (current.type === 'd') return <Empty>{t.log.deleted}</Empty>;
  if (current.type === 'h') return <HtmlLog log={current} />;
  return <TextLog key={current.logid} {...props} log={current} />;
}

/** HTML made by a build is not trusted: no scripts, no forms, no access to this page. */
function HtmlLog({ log }: { log: Log }) {
  return (
    <div class="log">
      <iframe class="html-log" sandbox="" title={log.name} src={apiUrl(`logs/${log.logid}/raw_inline`)} />
    </div>
  );
}

function useViewer(log: Log, marked: LineRange | undefined, query: LogQuery | null): LogViewer {
  const viewer = useMemo(() => {
    const made = new LogViewer(`logs/${log.logid}`, log.type);
    made.total.value = log.num_lines;
    made.complete.value = log.complete;
    made.following.value = marked === undefined;
    // Known before the first row is drawn, so that the first lines asked for are those that were meant.
    made.marked.value = marked ?? null;
    return made;
  }, [log.logid]);
  useEffect(() => () => viewer.close(), [viewer]);
  useLayoutEffect(() => viewer.update(log), [viewer, log.num_lines, log.complete]);
  useEffect(() => viewer.mark(marked ?? null), [viewer, marked?.from, marked?.to]);
  useEffect(() => viewer.search(query), [viewer, query?.q, query?.regex, query?.exact]);
  return viewer;
}

function queryOf(params: URLSearchParams | undefined): LogQuery | null {
  const q = params?.get('q');
  return q ? { q, regex: params!.get('re') === '1', exact: params!.get('case') === '1' } : null;
}

/** The parts of the address that a search has. */
const searchParts = (query: LogQuery | null) => ({ q: query?.q, re: query?.regex ? 1 : undefined, case: query?.exact ? 1 : undefined });

/** Before the rows are drawn; a preview among other things has no such address. */
function useAddressedPrefs(params: URLSearchParams | undefined): Partial<LogPrefs> {
  const said = params ? prefsOf(params) : {};
  useMemo(() => (addressedPrefs.value = said), [said.wrap, said.times]);
  return said;
}

function TextLog({ log, link, query: params, started = null }: LogViewProps) {
  const ownPage = params !== undefined;
  const query = queryOf(params);
  const viewer = useViewer(log, parseRange(params?.get('line') ?? null), query);
  const said = useAddressedPrefs(params);
  const go = (range: LineRange | null, next: LogQuery | null) =>
    navigate(withQuery(link, { line: range ? formatRange(range) : undefined, ...searchParts(next), ...prefParts(addressedPrefs.peek()) }), true);
  const find = async (direction: 'forward' | 'backward', errors: boolean) => {
    const line = await viewer.find(direction, errors);
    const looking = viewer.looking.peek();
    if (looking === 'none' && errors) tell(t.log.noErrors);
    if (looking === 'wrapped') tell(t.log.wrapped);
    if (line === undefined) return;
    go({ from: line, to: line }, viewer.query.peek());
    viewer.show(line);
  };
  return (
    <div class="log" data-testid="log-view">
      {ownPage && <OwnTools viewer={viewer} link={link} query={query} said={said} go={go} find={find} />}
      <LogBar viewer={viewer} logid={log.logid} link={link} ownPage={ownPage} find={(direction, errors) => void find(direction, errors)} />
      <div class="log-body">
        <Body viewer={viewer} />
        <LogRows viewer={viewer} name={log.name} link={link} keep={withQuery('', { ...searchParts(query), ...prefParts(said) }).replace('?', '&')} ownPage={ownPage} started={started} />
        <Pill viewer={viewer} />
        {ownPage && <Marked viewer={viewer} link={link} onClear={() => go(null, query)} />}
      </div>
    </div>
  );
}

interface OwnProps {
  viewer: LogViewer;
  link: string;
  query: LogQuery | null;
  /** How the address wants lines to be shown. */
  said: Partial<LogPrefs>;
  go: (range: LineRange | null, query: LogQuery | null) => void;
  find: (direction: 'forward' | 'backward', errors: boolean) => Promise<void>;
}

function OwnTools({ viewer, link, query, said, go, find }: OwnProps) {
  const input = useRef<HTMLInputElement>(null);
  const look = (direction: 'forward' | 'backward', errors: boolean) => void find(direction, errors);
  useShortcuts(logKeys({ viewer, link, input, mark: (range) => go(range, query), find: look }));
  const { wrap, times } = addressedPrefs.value;
  // What was chosen here goes to the address.
  useEffect(() => {
    if (wrap !== said.wrap || times !== said.times) go(viewer.marked.peek(), query);
  }, [wrap, times]);
  const onQuery = (next: LogQuery | null) => {
    go(viewer.marked.peek(), next);
    viewer.search(next);
    if (next) void find('forward', false);
  };
  return <LogFind viewer={viewer} query={query} input={input} onQuery={onQuery} find={look} />;
}

/** What is said instead of lines, or above them. */
function Body({ viewer }: { viewer: LogViewer }) {
  void viewer.version.value;
  const { error } = viewer.feed;
  if (error) return <div class="log-error"><ErrorNote error={error} retry={() => viewer.feed.retry()} /></div>;
  if (viewer.total.value > 0) return null;
  return <div class="log-error"><Empty>{viewer.complete.value ? t.log.empty : t.log.waiting}</Empty></div>;
}

/** What has come since the reader went up. */
function Pill({ viewer }: { viewer: LogViewer }) {
  const more = viewer.following.value ? 0 : viewer.total.value - viewer.left.value;
  const shown = more > 0 && !viewer.complete.value;
  return (
    <div class="log-pill-place" role="status">
      {shown && (
        <button type="button" class="log-pill" onClick={() => viewer.scroller?.toEnd()} data-testid="log-pill">
          {t.log.newLines(more)} ↓
        </button>
      )}
    </div>
  );
}
