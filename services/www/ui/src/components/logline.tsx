// SPDX-License-Identifier: Apache-2.0
// One line of a log: its number as a permalink, its stream as a tint, its escapes as colours.
import { memo } from './memo';
import { parseAnsi, readableOn, type Piece, type Style } from '../lib/ansi';
import { splitStream } from '../lib/logwindow';
import type { LogType } from '../api/records';

interface LogLineProps {
  /** From 0. */
  index: number;
  line: string;
  type: LogType;
  permalink: string;
  marked: boolean;
}

const STREAM_TEXT = { out: undefined, in: 'input', err: 'stderr', head: 'note' } as const;

export const LogLine = memo(function LogLine({ index, line, type, permalink, marked }: LogLineProps) {
  const { stream, text } = splitStream(line, type);
  const pieces = parseAnsi(text);
  return (
    <div
      class={`line line-${stream}${marked ? ' line-marked' : ''}`}
      data-testid="log-line"
      data-line={index + 1}
      data-stream={stream}
      title={STREAM_TEXT[stream]}
    >
      <a class="line-number" href={`${permalink}${index + 1}`} aria-label={`Line ${index + 1}`}>
        {index + 1}
      </a>
      <span class="line-text">{pieces.map((piece, i) => pieceNode(piece, i))}</span>
    </div>
  );
});

function pieceNode({ text, style }: Piece, key: number) {
  if (Object.keys(style).length === 0) return text;
  return (
    <span key={key} class={classes(style)} style={colours(style)}>
      {text}
    </span>
  );
}

function classes(style: Style): string {
  const names = (['bold', 'dim', 'italic', 'underline'] as const).filter((name) => style[name]);
  return names.map((name) => `ansi-${name}`).join(' ');
}

function colours(style: Style): { color?: string; background?: string } {
  const ground = style.inverse ? style.fg : style.bg;
  if (ground !== undefined) {
    const background = typeof ground === 'number' ? `var(--ansi-ground-${ground})` : ground;
    return { color: readableOn(ground), background };
  }
  if (style.inverse) return { color: 'var(--log-bg)', background: 'var(--log-text)' };
  return { color: typeof style.fg === 'number' ? `var(--ansi-${style.fg})` : style.fg };
}
