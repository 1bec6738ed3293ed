// SPDX-License-Identifier: Apache-2.0
// A change in few words: who, what, which revision, where and when.
import type { Line } from '../lib/revisions';
import { authorName, firstLine, shortRevision } from '../lib/format';
import { t } from '../text';
import { Ago } from './time';

export function ChangeCell({ line }: { line: Line }) {
  const { change } = line;
  const revision = line.revision && <code>{shortRevision(line.revision)}</code>;
  return (
    <div class="change-cell">
      <p class="change-cell-what clip" title={change?.comments}>{change ? firstLine(change.comments) || t.console.noComment : t.console.unknown}</p>
      <p class="change-cell-who muted">
        {change && <span class="clip" title={change.author}>{authorName(change.author)}</span>}
        {revision && (change?.revlink && /^https?:/.test(change.revlink) ? <a href={change.revlink} rel="noreferrer">{revision}</a> : revision)}
        {line.branch && <span class="clip">{line.branch}</span>}
        <Ago at={line.when} />
      </p>
    </div>
  );
}
