// SPDX-License-Identifier: Apache-2.0
// The quieter tabs of a build: properties, changes, messages.
import { useEffect, useState } from 'preact/hooks';
import { getObject, type ApiError } from '../../api/client';
import type { Build, Change, Notification, Properties } from '../../api/records';
import { MessageList } from '../../components/messages';
import { Await, Empty } from '../../components/notice';
import { SafeLink } from '../../components/safelink';
import { Ago } from '../../components/time';
import { authorName, shortRevision } from '../../lib/format';
import { href, withQuery } from '../../lib/route';
import { navigate } from '../../lib/router';
import * as specs from '../../lib/specs';
import { useCollection, type Loaded } from '../../live/hooks';
import { live, onRefresh } from '../../live/refresh';
import { t } from '../../text';

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

export function PropertiesTab({ build, query }: { build: Build; query: URLSearchParams }) {
  const properties = useProperties(build.buildid);
  const link = withQuery(href('builders', build.builderid, 'builds', build.number), { tab: 'properties' });
  return <Await of={properties}>{(data) => <FoundProperties properties={data} wanted={query.get('q') ?? ''} link={link} />}</Await>;
}

/** So many properties are found by reading. */
const FEW = 12;

function FoundProperties({ properties, wanted, link }: { properties: Properties; wanted: string; link: string }) {
  const names = Object.keys(properties).sort();
  if (names.length === 0) return <Empty>{t.build.noProperties}</Empty>;
  const found = names.filter((name) => `${name} ${valueText(properties[name]?.[0])}`.toLowerCase().includes(wanted.toLowerCase()));
  const find = (q: string) => navigate(withQuery(link, { q: q || undefined }), true);
  return (
    <>
      {(names.length > FEW || wanted) && (
        <input
          class="find-input"
          type="search"
          value={wanted}
          placeholder={t.build.findProperty}
          aria-label={t.build.findProperty}
          onInput={(event) => find(event.currentTarget.value)}
          data-testid="find-property"
        />
      )}
      {found.length === 0 ? <Empty>{t.build.noneMatch}</Empty> : <PropertyTable properties={properties} names={found} />}
    </>
  );
}

function PropertyTable({ properties, names }: { properties: Properties; names: readonly string[] }) {
  return (
    <div class="table-wrap">
      <table class="table" data-testid="property-table">
        <thead>
          <tr>
            <th>{t.build.name}</th>
            <th class="grow">{t.build.value}</th>
            <th>{t.build.setBy}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="grow"><code class="value">{valueText(properties[name]?.[0])}</code></td>
              <td class="muted" translate={false}>{properties[name]?.[1]}</td>
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
          <Empty>{t.build.noChangesSince}</Empty>
        ) : (
          <>
            <p class="muted">{t.build.sinceSuccess}</p>
            <ul class="changes">
              {[...list].sort((a, b) => b.changeid - a.changeid).map((change) => (
                <ChangeItem key={change.changeid} change={change} />
              ))}
            </ul>
          </>
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
      <p class="change-title"><a class="strong" href={href('changes', change.changeid)}>{title || t.sources.change(change.changeid)}</a></p>
      <p class="muted">
        <span title={change.author}>{authorName(change.author)}</span> · <Ago at={change.when_timestamp} />
        {change.branch && ` · ${change.branch}`}
        {revision && ' · '}
        {change.revlink ? <SafeLink url={change.revlink} text={revision || t.build.revisionLink} /> : <code>{revision}</code>}
      </p>
      {body && <pre class="change-body">{body}</pre>}
      {change.files.length > 0 && (
        <details>
          <summary>{t.build.files(change.files.length)}</summary>
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
  const none = build.complete ? t.build.noMessage : t.build.messagesLater;
  return <MessageList of={messages} none={none} />;
}
