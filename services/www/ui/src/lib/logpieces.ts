// SPDX-License-Identifier: Apache-2.0
// Styled pieces of a line, cut where it is very long, and where matches of a search begin and end.
import type { Piece } from './ansi';

/** Characters of a line that are drawn unless more are asked for. */
const SHOWN = 4000;

export interface SpannedPiece extends Piece {
  hit: boolean;
}

export function cutAt(pieces: readonly Piece[], most = SHOWN): { shown: Piece[]; rest: number } {
  const shown: Piece[] = [];
  let room = most;
  let rest = 0;
  for (const piece of pieces) {
    if (room > 0) shown.push(piece.text.length <= room ? piece : { ...piece, text: piece.text.slice(0, room) });
    rest += Math.max(0, piece.text.length - Math.max(0, room));
    room -= piece.text.length;
  }
  return { shown, rest };
}

/** `spans`: begin and end of each match in the line's plain text, one after another, in order. */
export function withSpans(pieces: readonly Piece[], spans: readonly number[] | undefined): SpannedPiece[] {
  const out: SpannedPiece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const end = at + piece.text.length;
    const cuts = [at, ...(spans ?? []).filter((place) => place > at && place < end), end];
    for (let i = 0; i + 1 < cuts.length; i++) {
      const [from = 0, to = 0] = [cuts[i], cuts[i + 1]];
      out.push({ text: piece.text.slice(from - at, to - at), style: piece.style, hit: isHit(spans, from) });
    }
    at = end;
  }
  return out;
}

function isHit(spans: readonly number[] | undefined, place: number): boolean {
  if (!spans) return false;
  const before = spans.filter((p) => p <= place).length;
  return before % 2 === 1;
}
