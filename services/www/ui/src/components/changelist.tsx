// SPDX-License-Identifier: Apache-2.0
// Changes as rows, each with the builds that were made of it.
import { useRef } from 'preact/hooks';
import type { Build, Change } from '../api/records';
import { authorName, firstLine, shortRevision } from '../lib/format';
import { buildsOfChange, type ChangeFilter } from '../lib/plantspecs';
import { href } from '../lib/route';
import { useCollection } from '../live/hooks';
import { t } from '../text';
import { useSeen } from './seen';
import { BuildBubble } from './status';
import { Ago } from './time';

/** `only` makes a link that narrows the list to a value; without it values are no links. */
interface Props {
  changes: readonly Change[];
  only?: (part: Partial<ChangeFilter>) => string;
}

export function ChangeList({ changes, only }: Props) {
  return (
    <ul class="rows bordered change-list">
      {changes.map((change) => <ChangeRow key={change.changeid} change={change} only={only} />)}
    </ul>
  );
}

function ChangeRow({ change, only }: { change: Change } & Pick<Props, 'only'>) {
  const row = useRef<HTMLLIElement>(null);
  const seen = useSeen(row);
  const builds = useCollection<Build>(seen ? buildsOfChange(change.changeid) : null);
  return (
    <li ref={row} class="change-row" data-testid="change-row">
      <span class="change-what">
        <a class="strong clip" href={href('changes', change.changeid)}>{firstLine(change.comments) || t.sources.change(change.changeid)}</a>
        <span class="change-facts">
          <Value text={authorName(change.author)} only={only?.({ author: change.author })} />
          {change.branch && <Value text={change.branch} only={only?.({ branch: change.branch })} />}
          <Revision change={change} />
          {change.project && <Value text={change.project} only={only?.({ project: change.project })} />}
          {change.repository && <Value text={change.repository} only={only?.({ repository: change.repository })} />}
          {change.files.length > 0 && <span>{t.sources.nFiles(change.files.length)}</span>}
        </span>
      </span>
      <span class="bubbles">{builds.data?.slice(0, 12).map((build) => <BuildBubble key={build.buildid} build={build} />)}</span>
      <span class="row-end"><Ago at={change.when_timestamp} /></span>
    </li>
  );
}

function Value({ text, only }: { text: string; only: string | undefined }) {
  return only === undefined ? <span class="clip">{text}</span> : <a class="clip" href={only} title={t.sources.only(text)}>{text}</a>;
}

export function Revision({ change }: { change: Change }) {
  if (!change.revision) return null;
  const text = <code title={change.revision}>{shortRevision(change.revision)}</code>;
  // Whoever reports a change says where it can be looked at: anything but a web address is only shown.
  return change.revlink && /^https?:/.test(change.revlink) ? <a href={change.revlink} rel="noreferrer">{text}</a> : text;
}
