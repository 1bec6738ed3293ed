// SPDX-License-Identifier: Apache-2.0
// One version of the configuration: what it changed, or its text; and to apply it again.
import { useEffect, useState } from 'preact/hooks';
import { getText, postJson, type ApiError } from '../../api/client';
import type { ConfigVersion } from '../../api/records';
import { Confirm } from '../../components/dialog';
import { DiffView } from '../../components/diffview';
import { Await, Empty, ErrorNote, Loading } from '../../components/notice';
import { Tabs } from '../../components/panel';
import { tell } from '../../components/toast';
import { YamlView } from '../../components/yamlview';
import { parseDiff, type DiffRow } from '../../lib/diff';
import { configVersion } from '../../lib/plantspecs';
import { href, withQuery } from '../../lib/route';
import { navigate } from '../../lib/router';
import { withRights } from '../../lib/session';
import { useOne } from '../../live/hooks';
import { t } from '../../text';
import { NotFound } from '../notfound';

interface Props {
  version: number;
  versions: readonly ConfigVersion[];
  inForce: number;
  query: URLSearchParams;
  reload: () => void;
}

export function Version({ version, versions, inForce, query, reload }: Props) {
  const listed = versions.find((v) => v.version === version);
  const isText = query.get('view') === 'yaml';
  // The list has no texts, and not those that are older.
  const asked = useOne<ConfigVersion>(listed && !isText ? null : configVersion(version));
  const before = query.has('against') ? Number(query.get('against')) : previous(versions, version);
  if (asked.error?.status === 404) return <NotFound what={t.config.noSuch(version)} />;
  return (
    <section class="config-detail" aria-label={t.config.version(version)}>
      <header class="page-head">
        <h2>{t.config.version(version)}</h2>
        {version !== inForce && <span class="head-actions"><Again version={version} inForce={inForce} reload={reload} /></span>}
      </header>
      <Tabs
        label={t.config.views} current={isText ? 'yaml' : 'diff'}
        tabs={[
          { id: 'diff', text: t.config.diff, link: href('config', version) },
          { id: 'yaml', text: t.config.yaml, link: withQuery(href('config', version), { view: 'yaml' }) },
        ]}
      />
      {isText ? (
        <Await of={asked} lines={10}>{(found) => <YamlView text={found.yaml ?? ''} />}</Await>
      ) : (
        <Differences version={version} against={before} versions={versions} />
      )}
    </section>
  );
}

/** Versions may have gaps; 0 stands for nothing. */
function previous(versions: readonly ConfigVersion[], version: number): number {
  return versions.find((v) => v.version < version)?.version ?? version - 1;
}

type Answer = { rows: DiffRow[] } | { error: ApiError } | undefined;

function Differences({ version, against, versions }: { version: number; against: number; versions: readonly ConfigVersion[] }) {
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    const aborter = new AbortController();
    setAnswer(undefined);
    getText(`config/${version}/diff`, { against }, aborter.signal).then(
      (text) => setAnswer({ rows: parseDiff(text) }),
      (error: ApiError) => aborter.signal.aborted || setAnswer({ error }),
    );
    return () => aborter.abort();
  }, [version, against]);
  const rows = answer && 'rows' in answer ? answer.rows : [];
  const count = (kind: DiffRow['kind']) => rows.filter((row) => row.kind === kind).length;
  return (
    <>
      <div class="config-against">
        <label class="check">
          {t.config.against}
          <select class="short" value={against} data-testid="against" onChange={(e) => navigate(withQuery(href('config', version), { against: e.currentTarget.value }), true)}>
            {versions.filter((v) => v.version !== version).map((v) => <option key={v.version} value={v.version}>{t.config.version(v.version)}</option>)}
            {!versions.some((v) => v.version === against) && against > 0 && <option value={against}>{t.config.version(against)}</option>}
            <option value={0}>{t.config.nothing}</option>
          </select>
        </label>
        {rows.length > 0 && (
          <span class="diff-counts">
            <span class="diff-more">+ {t.config.added(count('added'))}</span>
            <span class="diff-less">− {t.config.removed(count('removed'))}</span>
          </span>
        )}
      </div>
      <Shown answer={answer} />
    </>
  );
}

function Shown({ answer }: { answer: Answer }) {
  if (!answer) return <Loading lines={8} />;
  if ('error' in answer) return <ErrorNote error={answer.error} />;
  return answer.rows.length > 0 ? <DiffView rows={answer.rows} label={t.config.diff} /> : <Empty>{t.config.same}</Empty>;
}

interface Applied {
  version: number;
  changed: boolean;
}

function Again({ version, inForce, reload }: { version: number; inForce: number; reload: () => void }) {
  const [asking, setAsking] = useState(false);
  const apply = async () => {
    const answer = await withRights(t.config.applying, () => postJson<Applied>(`api/v2/config/${version}/apply`, {}));
    if (!answer) return;
    tell(answer.result.changed ? t.config.rolledBack(answer.result.version) : t.config.unchanged);
    reload();
    navigate(href('config', answer.result.version));
  };
  return (
    <>
      <button type="button" class="button" onClick={() => setAsking(true)} data-testid="roll-back">{t.config.rollBack}</button>
      {asking && (
        <Confirm
          title={t.config.rollBackTitle(version)} text={t.config.rollBackText(inForce)} action={t.config.rollBack}
          onConfirm={apply} onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
