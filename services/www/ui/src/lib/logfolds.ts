// SPDX-License-Identifier: Apache-2.0
// Groups of lines as GitHub, Azure and GitLab mark them, which of them are folded, and which lines are rows then.
import { stripAnsi } from './ansi';

export interface Mark {
  kind: 'start' | 'end';
  /** What an end must name to be this start's; the marks of GitHub and Azure name nothing. */
  name: string;
  title: string;
}

const GROUP = /^(?:::group::|##\[group\])(.*)$/;
const ENDGROUP = /^(?:::endgroup::|##\[endgroup\])/;
const SECTION = /^section_(start|end):\d+:([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?\r?(.*)$/;

/** What a line (without its stream's letter) marks, or undefined. */
export function markOf(line: string): Mark | undefined {
  if (!/::|##\[|section_/.test(line)) return undefined;
  const group = GROUP.exec(line);
  if (group) return { kind: 'start', name: '', title: stripAnsi(group[1]!).trim() };
  if (ENDGROUP.test(line)) return { kind: 'end', name: '', title: '' };
  const section = SECTION.exec(line.replace(/^(?:\x1b\[0?[KJ]|\r)+/, ''));
  if (!section) return undefined;
  const title = stripAnsi(section[3]!).trim();
  return { kind: section[1] as Mark['kind'], name: section[2]!, title: title || section[2]! };
}

export interface MarkedLine {
  line: number;
  mark: Mark;
}

/** The line that ends the group begun before `marks` (in order), or undefined when it is not among them. */
export function endOf(name: string, marks: readonly MarkedLine[]): number | undefined {
  let depth = 1;
  for (const { line, mark } of marks) {
    if (mark.name !== name) continue;
    depth += mark.kind === 'start' ? 1 : -1;
    if (depth === 0) return line;
  }
  return undefined;
}

/** All groups of these marks, as folds; what has no end ends with the log. */
export function groupsOf(marks: readonly MarkedLine[], total: number): Fold[] {
  return marks
    .map(({ line, mark }, i) => ({ mark, from: line, to: endOf(mark.name, marks.slice(i + 1)) ?? total - 1 }))
    .filter(({ mark, from, to }) => mark.kind === 'start' && to > from)
    .map(({ from, to }) => ({ from, to }));
}

/** A folded group: its first line is shown, those after it to `to` are not. */
export interface Fold {
  from: number;
  to: number;
}

/** Which lines are rows. Folds within folds count once. */
export class Rows {
  readonly folds: readonly Fold[];
  /** The outermost, in order, and the lines that all before each hide. */
  private readonly outer: readonly (Fold & { before: number })[];
  private readonly hidden: number;

  constructor(folds: readonly Fold[]) {
    this.folds = [...folds].sort((a, b) => a.from - b.from || b.to - a.to);
    const outer: (Fold & { before: number })[] = [];
    let hidden = 0;
    for (const fold of this.folds) {
      const last = outer.at(-1);
      if (last && fold.from <= last.to) continue;
      outer.push({ ...fold, before: hidden });
      hidden += fold.to - fold.from;
    }
    this.outer = outer;
    this.hidden = hidden;
  }

  count(total: number): number {
    return Math.max(0, total - this.hidden);
  }

  /** The line of a row. */
  line(row: number): number {
    const fold = this.last((f) => f.from - f.before < row);
    return fold ? row + fold.before + (fold.to - fold.from) : row;
  }

  /** The row of a line; of a hidden one, that of its group's first line. */
  row(line: number): number {
    const fold = this.last((f) => f.from < line);
    if (!fold) return line;
    if (line <= fold.to) return fold.from - fold.before;
    return line - fold.before - (fold.to - fold.from);
  }

  folded(from: number): Fold | undefined {
    return this.folds.find((fold) => fold.from === from);
  }

  hides(line: number): boolean {
    const fold = this.last((f) => f.from < line);
    return fold !== undefined && line <= fold.to;
  }

  with(fold: Fold): Rows {
    return new Rows([...this.folds.filter((f) => f.from !== fold.from), fold]);
  }

  without(from: number): Rows {
    return new Rows(this.folds.filter((f) => f.from !== from));
  }

  /** With every fold opened that hides the line. */
  showing(line: number): Rows {
    return this.hides(line) ? new Rows(this.folds.filter((f) => line <= f.from || line > f.to)) : this;
  }

  private last(holds: (fold: Fold & { before: number }) => boolean): (Fold & { before: number }) | undefined {
    let low = 0;
    let high = this.outer.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.outer[middle]!)) low = middle + 1;
      else high = middle;
    }
    return this.outer[low - 1];
  }
}
