// SPDX-License-Identifier: Apache-2.0
// The steps of a build as a tree: groups, steps, and the builds that steps triggered, each with its time.
import { useState } from 'preact/hooks';
import type { Build, Builder, Step } from '../../api/records';
import { SafeLink } from '../../components/safelink';
import { StatusMark } from '../../components/status';
import { Duration } from '../../components/time';
import { sortUrls, type Triggered } from '../../lib/links';
import { statusOf, type Status } from '../../lib/results';
import { deaths, groupStatus, groupSteps, type Death } from '../../lib/steps';
import { lineOf, type Line } from '../../lib/timeline';
import { useNow } from '../../live/hooks';
import { t } from '../../text';
import { lockText, TimeBar } from './timebar';

interface StepListProps {
  build: Build;
  /** Seconds that a build of this builder usually takes. */
  usual: number | null | undefined;
  steps: readonly Step[];
  selected: number | undefined;
  link: (step: Step) => string;
  /** What the steps triggered, as far as it is known, and the builders that they are of. */
  triggered: readonly Build[];
  builders: readonly Builder[];
}

/** What the rows have in common. */
interface Shared {
  line: Line;
  now: number;
  triggered: readonly Build[];
  builders: readonly Builder[];
}

export function StepList({ build, usual, steps, selected, link, triggered, builders }: StepListProps) {
  const [showHidden, setShowHidden] = useState(false);
  const now = useNow(!build.complete || triggered.some((child) => !child.complete));
  const shared: Shared = { line: lineOf(build, usual, now), now, triggered, builders };
  const hidden = steps.filter((step) => step.hidden).length;
  const dead = new Map(steps.flatMap((step) => deaths(step.state_string)).map((death) => [death.name, death]));
  const row = (step: Step) => (
    <StepRow key={step.stepid} step={step} selected={step.number === selected} link={link(step)} shared={shared} death={dead.get(step.name)} />
  );
  const shown = steps.filter((step) => showHidden || !step.hidden || step.number === selected);
  return (
    <ol class="steps" data-testid="step-list">
      {groupSteps(shown).map((group) =>
        group.name === null ? group.steps.map(row) : <GroupRows key={`group ${group.steps[0]!.stepid}`} name={group.name} steps={group.steps} row={row} />,
      )}
      {hidden > 0 && (
        <li class="steps-hidden">
          <button type="button" class="button quiet small" aria-pressed={showHidden} onClick={() => setShowHidden(!showHidden)} data-testid="hidden-steps">
            {showHidden ? t.build.foldHidden : t.build.showHidden(hidden)}
          </button>
        </li>
      )}
    </ol>
  );
}

function GroupRows({ name, steps, row }: { name: string; steps: readonly Step[]; row: (step: Step) => preact.JSX.Element }) {
  const status = groupStatus(steps);
  return (
    <li class="step-group" data-testid="step-group" data-status={status}>
      <p class="step-group-name">
        <StatusMark status={status} /> {name}
      </p>
      <ol>{steps.map(row)}</ol>
    </li>
  );
}

/** The server's text often begins with the step's own name, which stands above it already. */
function detail(step: Step, status: Status): string {
  const text = step.state_string;
  const told = !text || text === step.name ? t.results[status] : text;
  return [told, lockText(step), step.warnings > 0 ? t.build.warnings(step.warnings) : ''].filter(Boolean).join(', ');
}

interface RowProps {
  step: Step;
  selected: boolean;
  link: string;
  shared: Shared;
  /** What a later step says of this one, which had begun in the background. */
  death?: Death;
}

function StepRow({ step, selected, link, shared, death }: RowProps) {
  const status = statusOf(step);
  const classes = ['step', `st-${status}`, selected && 'step-chosen', step.hidden && 'step-hidden'].filter(Boolean).join(' ');
  return (
    <li class={classes} data-testid="step-row" data-step={step.name} data-status={status}>
      <a class="step-main" href={link} aria-current={selected ? 'true' : undefined}>
        <StatusMark status={status} />
        <span class="step-name">{step.name}</span>
        <Duration from={step.started_at} to={step.complete_at} />
        <span class={deaths(step.state_string).length > 0 ? 'step-state step-state-whole' : 'step-state'}>{detail(step, status)}</span>
        {death && <span class="step-death" data-testid="step-death">{t.build.died(death.text.replace(/^.*?, /, ''))}</span>}
        <TimeBar item={step} status={status} line={shared.line} now={shared.now} />
      </a>
      <Beneath step={step} shared={shared} />
    </li>
  );
}

/** What a step triggered, as builds beneath it; then its other addresses. */
function Beneath({ step, shared }: { step: Step; shared: Shared }) {
  if (step.urls.length === 0) return null;
  const { triggered, others } = sortUrls(step.urls, shared.triggered);
  return (
    <>
      {triggered.length > 0 && (
        <ul class="step-builds">
          {triggered.map((one) => <TriggeredRow key={one.url} of={one} shared={shared} />)}
        </ul>
      )}
      {others.length > 0 && (
        <p class="step-urls">{others.map((url) => <SafeLink key={url.url} url={url.url} text={url.name} />)}</p>
      )}
    </>
  );
}

/** A build that the step started, with its result as it stands. */
function TriggeredRow({ of, shared }: { of: Triggered; shared: Shared }) {
  const status: Status = of.build ? statusOf(of.build) : of.waiting ? 'pending' : 'unknown';
  const builder = of.build && shared.builders.find((b) => b.builderid === of.build!.builderid)?.name;
  const name = of.build && builder ? `${builder} #${of.build.number}` : of.name;
  return (
    <li data-testid="triggered-build" data-status={status}>
      <a class="step-main" href={of.url} title={t.build.triggered(name)}>
        <StatusMark status={status} />
        <span class="step-build-name">{name}</span>
        {of.build ? <Duration from={of.build.started_at} to={of.build.complete_at} /> : <span class="muted">{of.waiting && t.build.waiting}</span>}
        {of.build && <TimeBar item={{ ...of.build, locks_acquired_at: undefined }} status={status} line={shared.line} now={shared.now} />}
      </a>
    </li>
  );
}
