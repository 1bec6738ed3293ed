// SPDX-License-Identifier: Apache-2.0
// The artifacts of a build: what they are called, how large they are, and where to get them.
import { apiUrl } from '../../api/client';
import type { Artifact } from '../../api/records';
import { Await, Empty } from '../../components/notice';
import { Ago } from '../../components/time';
import { formatSize } from '../../lib/format';
import type { Loaded } from '../../live/hooks';

/** By name, not by number, so that saved links tell what they lead to. */
export function artifactUrl(artifact: Pick<Artifact, 'buildid' | 'name'>): string {
  return apiUrl(`builds/${artifact.buildid}/artifacts/${artifact.name.split('/').map(encodeURIComponent).join('/')}`);
}

export function ArtifactsTab({ artifacts }: { artifacts: Loaded<Artifact[]> }) {
  return (
    <Await of={artifacts}>
      {(list) => (list.length === 0 ? <Empty>This build has no artifacts.</Empty> : <ArtifactTable artifacts={list} total={artifacts.total} />)}
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
              <th class="grow">Name</th>
              <th class="num">Size</th>
              <th class="wide-only">SHA-256</th>
              {expire && <th class="num wide-only">Kept until</th>}
            </tr>
          </thead>
          <tbody>
            {artifacts.map((artifact) => <ArtifactRow key={artifact.artifactid} artifact={artifact} expire={expire} />)}
          </tbody>
        </table>
      </div>
      <p class="hint">
        {total > artifacts.length ? `The first ${artifacts.length} of ${total} files` : `${total} ${total === 1 ? 'file' : 'files'}`},{' '}
        {formatSize(size)} together.
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
      <td class="num" title={`${artifact.size} bytes`}>{formatSize(artifact.size)}</td>
      <td class="wide-only"><code class="muted" title={artifact.sha256}>{artifact.sha256.slice(0, 12)}…</code></td>
      {expire && <td class="num wide-only"><Ago at={artifact.expires_at} /></td>}
    </tr>
  );
}
