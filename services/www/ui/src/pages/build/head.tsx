// SPDX-License-Identifier: Apache-2.0
// A build's name, how it stands, what can be done with it, and the ways to its neighbours.
import type { Build, Builder, BuilderSummary } from '../../api/records';
import { PinButton, RebuildButton, StopButton } from '../../components/actions';
import { BuildProgress } from '../../components/progress';
import { StatusBadge } from '../../components/status';
import { useShortcuts, type Shortcut } from '../../lib/keys';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import { navigate } from '../../lib/router';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import type { BuildPage } from '../../live/buildpage';
import { t } from '../../text';

interface HeadProps {
  builder: Builder;
  build: Build;
  around: BuildPage['around'];
  onDone: () => void;
}

export function BuildHead({ builder, build, around, onDone }: HeadProps) {
  const newer = useCollection<Build>(specs.nextBuild(build.builderid, build.number));
  const next = newer.data ? newer.data[0]?.number : around.next_number;
  const link = (number: number | null | undefined) => (number ? href('builders', build.builderid, 'builds', number) : undefined);
  const [before, after] = [link(around.previous_number), link(next)];
  useShortcuts([...goTo('p', t.build.previousKey, before), ...goTo('n', t.build.nextKey, after)]);
  return (
    <header class="build-head">
      <h1>
        {builder.name} <span class="muted">#{build.number}</span>
      </h1>
      <span role="status" aria-live="polite">
        <StatusBadge status={statusOf(build)} testid="build-result" />
      </span>
      {build.pinned && <span class="tag" data-testid="pinned" title={t.build.pinnedHint}>{t.build.pinned}</span>}
      <span class="build-state muted">{build.state_string}</span>
      {!build.complete && <Progress build={build} />}
      <span class="head-actions">
        <Neighbour link={before} text={`‹ ${t.build.previous}`} />
        <Neighbour link={after} text={`${t.build.next} ›`} />
        <PinButton build={build} onDone={onDone} />
        {build.complete ? <RebuildButton build={build} shortcut="r" /> : <StopButton build={build} shortcut="s" />}
      </span>
    </header>
  );
}

function goTo(keys: string, text: string, link: string | undefined): Shortcut[] {
  return link === undefined ? [] : [{ keys, text, run: () => navigate(link) }];
}

/** What a build of this builder usually takes says how far this one is. */
function Progress({ build }: { build: Build }) {
  const usual = useUsual(build);
  return <BuildProgress from={build.started_at} usual={usual} />;
}

/** Seconds; asked for while the build runs. */
export function useUsual(build: Build): number | null | undefined {
  const summary = useOne<BuilderSummary>(build.complete ? null : specs.summaries([build.builderid]));
  return summary.data?.usual_duration_s;
}

/** Keeps its place when there is no such build, so that the buttons beside it do not move. */
function Neighbour({ link, text }: { link: string | undefined; text: string }) {
  if (!link) return <span class="button" aria-disabled="true">{text}</span>;
  return <a class="button" href={link}>{text}</a>;
}
