// SPDX-License-Identifier: Apache-2.0
// The tools above a log.
import { apiUrl } from '../api/client';
import { addressedPrefs, changeLogPrefs, logPrefs, nextTimes, prefParts } from '../lib/logprefs';
import { formatRange } from '../lib/logrange';
import { withQuery } from '../lib/route';
import type { LogViewer } from '../live/logviewer';
import { t } from '../text';
import { Glyph } from './icons';
import { copyLines, writeText } from './logcopy';
import { tell, tellError } from './toast';

interface BarProps {
  viewer: LogViewer;
  logid: number;
  link: string;
  ownPage: boolean;
  find: (direction: 'forward' | 'backward', errors: boolean) => void;
}

export function LogBar({ viewer, logid, link, ownPage, find }: BarProps) {
  return (
    <div class="log-bar">
      <span class="log-count" data-testid="log-count">
        {t.log.lines(viewer.total.value)}
        {!viewer.complete.value && <span class="log-live"> · {t.log.growing}</span>}
      </span>
      <div class="log-tools" role="toolbar" aria-label={t.log.tools}>
        {ownPage && <Errors find={find} />}
        <Places viewer={viewer} />
        <Looks viewer={viewer} ownPage={ownPage} />
        {ownPage && <a class="button quiet small" href={apiUrl(`logs/${logid}/raw_inline`)} target="_blank" rel="noopener" data-testid="log-inline">{t.log.raw}</a>}
        <a class="button quiet small" href={apiUrl(`logs/${logid}/raw`)} download data-testid="log-raw">{t.log.download}</a>
        {!ownPage && <a class="button quiet small" href={link}>{t.log.fullPage}</a>}
      </div>
    </div>
  );
}

export function IconButton({ label, path, onClick, testid, disabled }: { label: string; path: string; onClick: () => void; testid?: string; disabled?: boolean }) {
  return (
    <button type="button" class="button quiet small icon-button" aria-label={label} title={label} onClick={onClick} disabled={disabled} data-testid={testid}>
      <Glyph><path d={path} /></Glyph>
    </button>
  );
}

export const UP = 'm3.5 10.5 4.5-5 4.5 5';
export const DOWN = 'm3.5 5.5 4.5 5 4.5-5';

function Errors({ find }: Pick<BarProps, 'find'>) {
  return (
    <span class="log-group" role="group" aria-label={t.log.errors}>
      <span class="log-group-name" aria-hidden="true">{t.log.errors}</span>
      <IconButton label={t.log.previousError} path={UP} onClick={() => find('backward', true)} testid="previous-error" />
      <IconButton label={t.log.nextError} path={DOWN} onClick={() => find('forward', true)} testid="next-error" />
    </span>
  );
}

function Places({ viewer }: { viewer: LogViewer }) {
  const following = viewer.following.value;
  return (
    <span class="log-group">
      {!viewer.complete.value && (
        <button type="button" class="button quiet small" aria-pressed={following} onClick={() => (following ? viewer.follow(false) : viewer.scroller?.toEnd())} data-testid="log-follow">
          {t.log.follow}
        </button>
      )}
      <button type="button" class="button quiet small" onClick={() => viewer.scroller?.toStart()} data-testid="log-top">{t.log.top}</button>
      <button type="button" class="button quiet small" onClick={() => viewer.scroller?.toEnd()} data-testid="log-end">{t.log.end}</button>
    </span>
  );
}

function Looks({ viewer, ownPage }: { viewer: LogViewer; ownPage: boolean }) {
  const { wrap, times } = logPrefs.value;
  const folds = viewer.rows.value.folds.length > 0;
  return (
    <span class="log-group">
      <button type="button" class="button quiet small" aria-pressed={wrap} onClick={() => changeLogPrefs({ wrap: !wrap })} data-testid="log-wrap">{t.log.wrap}</button>
      {ownPage && (
        <>
          <button type="button" class="button quiet small log-times" aria-pressed={times !== 'off'} title={t.log.timesHint} onClick={() => changeLogPrefs({ times: nextTimes(times) })} data-testid="log-times">
            {t.log.times[times]}
          </button>
          <button type="button" class="button quiet small" title={t.log.foldHint} onClick={() => void viewer.toggleAll()} data-testid="log-fold-all">
            {folds ? t.log.unfoldAll : t.log.foldAll}
          </button>
        </>
      )}
    </span>
  );
}

export function copyLink(viewer: LogViewer, link: string): void {
  const marked = viewer.marked.peek();
  if (!marked) return;
  const address = new URL(withQuery(link, { line: formatRange(marked), ...prefParts(addressedPrefs.peek()) }), location.href).href;
  writeText(address).then(() => tell(t.log.linkCopied), tellError);
}

/** What can be done with the lines that are marked. */
export function Marked({ viewer, link, onClear }: { viewer: LogViewer; link: string; onClear: () => void }) {
  const marked = viewer.marked.value;
  if (!marked) return null;
  return (
    <div class="log-marked" data-testid="log-marked">
      <span>{t.log.marked(marked.from + 1, marked.to + 1)}</span>
      <button type="button" class="button small" onClick={() => copyLink(viewer, link)} data-testid="copy-link">{t.log.copyLink}</button>
      <button type="button" class="button small" onClick={() => void copyLines(viewer, marked.from, marked.to)} data-testid="copy-text">{t.log.copyText}</button>
      <IconButton label={t.log.unmark} path="m4 4 8 8M12 4l-8 8" onClick={onClear} />
    </div>
  );
}
