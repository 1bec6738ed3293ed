// SPDX-License-Identifier: Apache-2.0
// One line of a log: its number as a permalink, when it came, its stream as a tint, its escapes as colours.
import { useState } from 'preact/hooks';
import { memo } from './memo';
import { parseAnsi, readable, readableOn, type Piece, type Style } from '../lib/ansi';
import { cutAt, withSpans, type SpannedPiece } from '../lib/logpieces';
import { splitStream } from '../lib/logblocks';
import { t } from '../text';

export interface LogLineProps {
  /** From 0. */
  index: number;
  /** As the API has it; undefined while it is fetched. */
  line: string | undefined;
  type: string;
  permalink: string;
  marked: boolean;
  spans: readonly number[] | undefined;
  /** Text and tooltip of its time; undefined: times are not shown. */
  time: string | undefined;
  /** Of a line that begins a group: its title, and how many lines are folded away. */
  group: string | undefined;
  folded: number;
  onFold: (line: number) => void;
  /** A selection begins here, far from what is seen. */
  pinned: boolean;
}

export const LogLine = memo(function LogLine(props: LogLineProps) {
  const { index, line, type, permalink, marked, time, pinned } = props;
  const { stream, text } = splitStream(line ?? '', type);
  const names = ['line', `line-${stream}`, marked && 'line-marked', line === undefined && 'line-coming', pinned && 'line-pinned'];
  return (
    <div
      class={names.filter(Boolean).join(' ')}
      role="row"
      aria-rowindex={index + 1}
      data-testid="log-line"
      data-line={index + 1}
      data-stream={stream}
      title={stream === 'out' ? undefined : t.log.streams[stream]}
    >
      <span class="line-gutter" role="rowheader">
        <a class="line-number" href={`${permalink}${index + 1}`} aria-label={t.log.line(index + 1)} aria-current={marked ? 'true' : undefined} tabIndex={-1}>
          {index + 1}
        </a>
      </span>
      {time !== undefined && <span class="line-time" role="cell">{time}</span>}
      <span class="line-text" role="cell">
        {props.group === undefined ? <LineText text={text} spans={props.spans} /> : <Group {...props} title={props.group} />}
      </span>
    </div>
  );
});

function Group({ index, title, folded, onFold }: LogLineProps & { title: string }) {
  const label = folded > 0 ? t.log.unfold(title, folded) : t.log.fold(title);
  return (
    <button type="button" class="line-fold" aria-expanded={folded === 0} aria-label={label} onClick={() => onFold(index)} data-testid="log-fold">
      <span class="line-fold-mark" aria-hidden="true">{folded > 0 ? '▸' : '▾'}</span>
      <span class="line-fold-title">{title}</span>
      {folded > 0 && <span class="line-folded">{t.log.folded(folded)}</span>}
    </button>
  );
}

/** A line may have 64 KiB; most of such a line is for the few who ask. */
function LineText({ text, spans }: { text: string; spans: readonly number[] | undefined }) {
  const [whole, setWhole] = useState(false);
  const { shown, rest } = cutAt(parseAnsi(text), whole ? Infinity : undefined);
  return (
    <>
      {withSpans(shown, spans).map(pieceNode)}
      {rest > 0 && (
        <button type="button" class="line-rest" onClick={() => setWhole(true)}>{t.log.more(rest)}</button>
      )}
    </>
  );
}

function pieceNode({ text, style, hit }: SpannedPiece, key: number) {
  const plain = Object.keys(style).length === 0;
  const node = plain ? text : <span key={key} class={classes(style)} style={colours(style)}>{text}</span>;
  return hit ? <mark key={key} class="line-hit">{node}</mark> : node;
}

function classes(style: Piece['style']): string {
  const names = (['bold', 'dim', 'italic', 'underline', 'strikethrough'] as const).filter((name) => style[name]);
  return names.map((name) => `ansi-${name}`).join(' ');
}

function colours(style: Style): { color?: string; background?: string } {
  const ground = style.inverse ? style.fg : style.bg;
  if (ground !== undefined) {
    const background = typeof ground === 'number' ? `var(--ansi-ground-${ground})` : ground;
    return { color: readableOn(ground), background };
  }
  if (style.inverse) return { color: 'var(--log-bg)', background: 'var(--log-text)' };
  return style.fg === undefined ? {} : { color: readable(style.fg) };
}
