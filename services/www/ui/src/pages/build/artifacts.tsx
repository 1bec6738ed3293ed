// SPDX-License-Identifier: Apache-2.0
// The artifacts of a build: what they are called, how large they are, and where to get them.
import { apiUrl } from '../../api/client';
import type { Artifact } from '../../api/records';
import { Await, Empty } from '../../components/notice';
import { Ago } from '../../components/time';
import { formatSize } from '../../lib/format';
import type { Loaded } from '../../live/hooks';
import { t } from '../../text';

/** By name, not by number, so that saved links tell what they lead to. */
export function artifactUrl(artifact: Pick<Artifact, 'buildid' | 'name'>): string {
  return apiUrl(`builds/${artifact.buildid}/artifacts/${artifact.name.split('/').map(encodeURIComponent).join('/')}`);
}

export function ArtifactsTab({ artifacts }: { artifacts: Loaded<Artifact[]> }) {
  return (
    <Await of={artifacts}>
      {(list) => (list.length === 0 ? <Empty>{t.build.noArtifacts}</Empty> : <ArtifactTable artifacts={list} total={artifacts.total} />)}
    </Await>
  );
}

function ArtifactTable({ artifacts, total }: { artifacts: readonly Artifact[]; total: number }) {
  const size = artifacts.reduce((sum, artifact) => sum + artifact.size, 0);
  const expire = artifacts.some((artifact) => artifact.expires_at !== null);
  return (
    <>
      <div class="table-wrap">
        <table class="table" data-testid="artifact-table">
          <thead>
            <tr>
              <th class="grow">{t.build.name}</th>
              <th class="num">{t.build.size}</th>
              <th class="wide-only">SHA-256</th>
              {expire && <th class="num wide-only">{t.build.keptUntil}</th>}
            </tr>
          </thead>
          <tbody>
            {artifacts.map((artifact) => <ArtifactRow key={artifact.artifactid} artifact={artifact} expire={expire} />)}
          </tbody>
        </table>
      </div>
      <p class="hint">
        {total > artifacts.length ? t.build.artifactPart(artifacts.length, total, formatSize(size)) : t.build.artifactSum(total, formatSize(size))}
      </p>
    </>
  );
}

function ArtifactRow({ artifact, expire }: { artifact: Artifact; expire: boolean }) {
  const parts = artifact.name.split('/');
  return (
    <tr data-testid="artifact-row">
      <td class="grow">
        <a class="break" href={artifactUrl(artifact)} download={parts.at(-1)}>{artifact.name}</a>
      </td>
      <td class="num" title={t.build.bytes(artifact.size)}>{formatSize(artifact.size)}</td>
      <td class="wide-only"><code class="muted" title={artifact.sha256}>{artifact.sha256.slice(0, 12)}…</code></td>
      {expire && <td class="num wide-only"><Ago at={artifact.expires_at} /></td>}
    </tr>
  );
}
