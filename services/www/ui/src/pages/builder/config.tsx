// SPDX-License-Identifier: Apache-2.0
// How a builder is configured: its part of the slipway.yaml in force, and the badge that shows how it stands.
import { useEffect, useState } from 'preact/hooks';
import { pageUrl } from '../../api/client';
import type { Builder, ConfigVersion } from '../../api/records';
import { writeText } from '../../components/logcopy';
import { Await, Empty } from '../../components/notice';
import { Panel } from '../../components/panel';
import { SignedIn } from '../../components/signedin';
import { tell, tellError } from '../../components/toast';
import { YamlView } from '../../components/yamlview';
import type { Part } from '../../lib/builderyaml';
import { currentConfig } from '../../lib/plantspecs';
import { href, withQuery } from '../../lib/route';
import { useOne } from '../../live/hooks';
import '../../styles/pages/config.css';
import { t } from '../../text';

export function ConfigTab({ builder, parent }: { builder: Builder; parent: Builder | undefined }) {
  return (
    <>
      <SignedIn why={t.config.why}><Yaml builder={builder} parent={parent} /></SignedIn>
      <Badge builder={builder} />
    </>
  );
}

function Yaml({ builder, parent }: { builder: Builder; parent: Builder | undefined }) {
  const current = useOne<ConfigVersion>(currentConfig());
  const version = current.data?.version;
  const aside = version !== undefined && <a href={withQuery(href('config', version), { view: 'yaml' })}>{t.builder.version(version)}</a>;
  return (
    <Panel title={t.builder.yaml} aside={aside} testid="builder-config">
      {parent && <p class="panel-foot muted">{t.builder.cellOf(parent.name)}</p>}
      {current.error?.denied ? (
        <Empty>{t.config.denied}</Empty>
      ) : (
        <Await of={current} lines={8}>{(config) => <PartOf yaml={config.yaml ?? ''} name={(parent ?? builder).name} />}</Await>
      )}
    </Panel>
  );
}

/** The YAML library is fetched when there is something to read with it. */
function PartOf({ yaml, name }: { yaml: string; name: string }) {
  const [part, setPart] = useState<Part | null>();
  useEffect(() => {
    let wanted = true;
    void import('../../lib/builderyaml').then(({ builderPart }) => wanted && setPart(builderPart(yaml, name) ?? null), tellError);
    return () => {
      wanted = false;
    };
  }, [yaml, name]);
  if (part === undefined) return null;
  if (part === null) return <Empty>{t.builder.notInYaml}</Empty>;
  return <YamlView text={part.text} first={part.line} />;
}

function Badge({ builder }: { builder: Builder }) {
  const picture = pageUrl(`badges/${encodeURIComponent(builder.name)}.svg`);
  const text = `[![${builder.name}](${picture})](${pageUrl(href('builders', builder.builderid))})`;
  const copy = () => void writeText(text).then(() => tell(t.builder.copied), tellError);
  return (
    <Panel title={t.builder.badge} testid="badge">
      <div class="badge-row">
        <img src={picture} alt={t.builder.badgeAlt} height={20} />
        <code class="value">{text}</code>
        <button type="button" class="button small" onClick={copy} data-testid="copy-badge">{t.builder.copy}</button>
      </div>
      <p class="panel-foot muted">{t.builder.badgeHint}</p>
    </Panel>
  );
}
