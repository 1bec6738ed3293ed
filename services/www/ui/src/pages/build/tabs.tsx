// SPDX-License-Identifier: Apache-2.0
// The quieter tabs of a build: properties, changes, messages.
import { useEffect, useState } from 'preact/hooks';
import { getObject, type ApiError } from '../../api/client';
import type { Build, Change, Notification, Properties } from '../../api/records';
import { MessageList } from '../../components/messages';
import { Await, Empty } from '../../components/notice';
import { SafeLink } from '../../components/steplist';
import { Ago } from '../../components/time';
import { authorName, plural, shortRevision } from '../../lib/format';
import * as specs from '../../lib/specs';
import { useCollection, type Loaded } from '../../live/hooks';
import { live, onRefresh } from '../../live/refresh';

/** Properties are one object that events add to, not a list of records. */
function useProperties(buildid: number): Loaded<Properties> {
  const [data, setData] = useState<Properties>();
  const [error, setError] = useState<ApiError>();
  const [count, setCount] = useState(0);
  const reload = () => setCount((n) => n + 1);
  useEffect(() => {
    const end = live.subscribe(`builds/${buildid}/properties/*`, (_, changed) => {
      setData((old) => ({ ...old, ...(changed as Properties) }));
    });
    const unwatch = onRefresh(reload);
    return () => {
      end();
      unwatch();
    };
  }, [buildid]);
  useEffect(() => {
    const aborter = new AbortController();
    getObject<Properties>(`builds/${buildid}/properties`, 'properties', aborter.signal)
      .then(setData)
      .catch((reason) => !aborter.signal.aborted && setError(reason as ApiError));
    return () => aborter.abort();
  }, [buildid, count]);
  return { data, total: 1, error, reload };
}

export function PropertiesTab({ build }: { build: Build }) {
  const properties = useProperties(build.buildid);
  return <Await of={properties}>{(data) => <PropertyTable properties={data} />}</Await>;
}

function PropertyTable({ properties }: { properties: Properties }) {
  const names = Object.keys(properties).sort();
  if (names.length === 0) return <Empty>This build has no properties.</Empty>;
  return (
    <div class="table-wrap">
      <table class="table" data-testid="property-table">
        <thead>
          <tr>
            <th>Name</th>
            <th class="grow">Value</th>
            <th>Set by</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="grow"><code class="value">{valueText(properties[name]?.[0])}</code></td>
              <td class="muted">{properties[name]?.[1]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function ChangesTab({ changes }: { changes: Loaded<Change[]> }) {
  return (
    <Await of={changes}>
      {(list) =>
        list.length === 0 ? (
          <Empty>No changes since the last successful build.</Empty>
        ) : (
          <ul class="changes">
            {[...list].sort((a, b) => b.changeid - a.changeid).map((change) => (
              <ChangeItem key={change.changeid} change={change} />
            ))}
          </ul>
        )
      }
    </Await>
  );
}

function ChangeItem({ change }: { change: Change }) {
  const revision = change.revision ? shortRevision(change.revision) : '';
  const [title, ...rest] = change.comments.trim().split('\n');
  const body = rest.join('\n').trim();
  return (
    <li class="change" data-testid="change-row">
      <p class="change-title strong">{title}</p>
      <p class="muted">
        <span title={change.author}>{authorName(change.author)}</span> · <Ago at={change.when_timestamp} />
        {change.branch && ` · ${change.branch}`}
        {revision && ' · '}
        {change.revlink ? <SafeLink url={change.revlink} text={revision || 'revision'} /> : <code>{revision}</code>}
      </p>
      {body && <pre class="change-body">{body}</pre>}
      {change.files.length > 0 && (
        <details>
          <summary>{plural(change.files.length, 'file')}</summary>
          <ul class="files">
            {change.files.map((file) => (
              <li key={file}><code>{file}</code></li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

export function MessagesTab({ build }: { build: Build }) {
  const messages = useCollection<Notification>(specs.messages(50, build.buildid));
  const none = build.complete ? 'No message was sent about this build.' : 'Messages are written when the build ends.';
  return <MessageList of={messages} none={none} />;
}
