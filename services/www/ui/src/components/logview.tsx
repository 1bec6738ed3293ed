// SPDX-License-Identifier: Apache-2.0
// The log viewer: a box that scrolls by itself, follows the tail, and loads the rest of a long log on demand.
import { useEffect, useRef, useState } from 'preact/hooks';
import { apiUrl } from '../api/client';
import type { Log } from '../api/records';
import { plural } from '../lib/format';
import { windowEnd } from '../lib/logwindow';
import { log as logSpec } from '../lib/specs';
import { useOne } from '../live/hooks';
import { LogFeed, type FeedState } from '../live/logfeed';
import { useKeepPlace } from './keepplace';
import { LogLine } from './logline';
import { Empty, ErrorNote, Loading } from './notice';

interface LogViewProps {
  log: Log;
  /** Address of this log's own page; line numbers append "?line=". */
  link: string;
  /** Line to show and mark, from 1. */
  line?: number;
  /** Whether this is that page already. */
  ownPage?: boolean;
}

export function LogView(props: LogViewProps) {
  // The list of a step's logs hears of new logs, this of new lines.
  const current = useOne<Log>(logSpec(props.log.logid)).data ?? props.log;
  if (current.type === 'd') return <Empty>This log was deleted to save space.</Empty>;
  if (current.type === 'h') return <HtmlLog log={current} />;
  return <TextLog key={`${current.logid} ${props.line ?? ''}`} {...props} log={current} />;
}

/** HTML made by a build is not trusted: no scripts, no forms, no access to this page. */
function HtmlLog({ log }: { log: Log }) {
  return (
    <div class="log">
      <iframe class="html-log" sandbox="" title={log.name} src={apiUrl(`logs/${log.logid}/raw_inline`)} />
    </div>
  );
}

function useFeed(log: Log, line: number | undefined): [FeedState | null, LogFeed | null] {
  const [state, setState] = useState<FeedState | null>(null);
  const feed = useRef<LogFeed | null>(null);
  useEffect(() => {
    const current = new LogFeed(log.logid, line === undefined ? undefined : line - 1, setState);
    feed.current = current;
    current.update(log);
    return () => current.close();
  }, [log.logid]);
  useEffect(() => feed.current?.update(log), [log.num_lines, log.complete]);
  return [state, feed.current];
}

/** Within this many pixels of the end counts as being there. */
const NEAR = 24;

function TextLog({ log, link, line, ownPage }: LogViewProps) {
  const [state, feed] = useFeed(log, line);
  const [wrap, setWrap] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const remember = useKeepPlace(box, state, line);

  // Numbers of a long log need more room, and all the same.
  const digits = Math.max(4, String(state?.window.total ?? 0).length);

  const onScroll = () => {
    const el = box.current;
    if (!el || !feed || !state) return;
    remember();
    const atEnd = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR;
    const hasAll = windowEnd(state.window) >= state.window.total;
    // Scrolling up stops following, coming back to the end resumes it.
    if (!atEnd || hasAll) feed.follow(atEnd);
  };

  return (
    <div class="log" data-testid="log-view">
      <LogBar log={log} link={link} ownPage={ownPage} state={state} feed={feed} wrap={wrap} onWrap={setWrap} />
      <div ref={box} style={`--digits: ${digits}`} class={wrap ? 'log-box' : 'log-box log-nowrap'} onScroll={onScroll} tabIndex={0} role="log" aria-label={`Log ${log.name}`} aria-live="off">
        <LogLines log={log} link={link} line={line} state={state} feed={feed} />
      </div>
    </div>
  );
}

interface LinesProps {
  log: Log;
  link: string;
  line?: number;
  state: FeedState | null;
  feed: LogFeed | null;
}

function LogLines({ log, link, line, state, feed }: LinesProps) {
  if (!state?.loaded) {
    return state?.error ? <ErrorNote error={state.error} retry={() => feed?.retry()} /> : <Loading lines={6} />;
  }
  const { window: w } = state;
  if (w.total === 0) return <Empty>{log.complete ? 'This log is empty.' : 'Waiting for output…'}</Empty>;
  const missing = w.total - windowEnd(w);
  return (
    <>
      {w.first > 0 && (
        <button type="button" class="log-more" onClick={() => void feed?.earlier()} data-testid="load-earlier">
          Load earlier lines ({w.first.toLocaleString('en')} above)
        </button>
      )}
      {w.lines.map((text, i) => (
        <LogLine
          key={w.first + i}
          index={w.first + i}
          line={text}
          type={log.type}
          permalink={`${link}?line=`}
          marked={w.first + i + 1 === line}
        />
      ))}
      {missing > 0 && !state.following && (
        <button type="button" class="log-more" onClick={() => void feed?.later()} data-testid="load-later">
          Load later lines ({missing.toLocaleString('en')} below)
        </button>
      )}
      {state.error && <ErrorNote error={state.error} retry={() => feed?.retry()} />}
    </>
  );
}

interface BarProps {
  log: Log;
  link: string;
  ownPage?: boolean;
  state: FeedState | null;
  feed: LogFeed | null;
  wrap: boolean;
  onWrap: (wrap: boolean) => void;
}

function LogBar({ log, link, ownPage, state, feed, wrap, onWrap }: BarProps) {
  const following = state?.following ?? false;
  return (
    <div class="log-bar">
      <span class="log-count" data-testid="log-count">
        {plural(state?.window.total ?? log.num_lines, 'line')}
        {!log.complete && <span class="log-live"> · growing</span>}
      </span>
      <span class="log-tools">
        {!log.complete && (
          <button type="button" class="button quiet small" aria-pressed={following} onClick={() => (following ? feed?.follow(false) : void feed?.jump('end'))} data-testid="log-follow">
            Follow
          </button>
        )}
        <button type="button" class="button quiet small" onClick={() => void feed?.jump('start')}>
          Top
        </button>
        <button type="button" class="button quiet small" onClick={() => void feed?.jump('end')}>
          End
        </button>
        <button type="button" class="button quiet small" aria-pressed={wrap} onClick={() => onWrap(!wrap)}>
          Wrap
        </button>
        <a class="button quiet small" href={apiUrl(`logs/${log.logid}/raw`)} download data-testid="log-raw">
          Download
        </a>
        {!ownPage && (
          <a class="button quiet small" href={link}>
            Full page
          </a>
        )}
      </span>
    </div>
  );
}
