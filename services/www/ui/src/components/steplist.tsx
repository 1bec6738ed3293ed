// SPDX-License-Identifier: Apache-2.0
// The steps of a build with their live states; choosing one shows its logs beside the list.
import { useState } from 'preact/hooks';
import { pageUrl } from '../api/client';
import type { Build, Step, StepUrl } from '../api/records';
import { plural } from '../lib/format';
import { isSafeUrl, isWebUrl, sortUrls, type Triggered } from '../lib/links';
import { statusOf, type Status } from '../lib/results';
import { deaths, groupStatus, groupSteps, type Death } from '../lib/steps';
import { StatusIcon } from './icons';
import { StatusMark } from './status';
import { Duration } from './time';

interface StepListProps {
  steps: readonly Step[];
  selected: number | undefined;
  link: (step: Step) => string;
  /** What the steps triggered, as far as it is known. */
  triggered: readonly Build[];
}

export function StepList({ steps, selected, link, triggered }: StepListProps) {
  const [showHidden, setShowHidden] = useState(false);
  const hidden = steps.filter((step) => step.hidden).length;
  const dead = new Map(steps.flatMap((step) => deaths(step.state_string)).map((death) => [death.name, death]));
  const row = (step: Step) => (
    <StepRow key={step.stepid} step={step} selected={step.number === selected} link={link(step)} triggered={triggered} death={dead.get(step.name)} />
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
            {showHidden ? 'Fold hidden steps away' : `Show ${plural(hidden, 'hidden step')}`}
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
  if (!text || text === step.name) return status;
  return text;
}

interface RowProps {
  step: Step;
  selected: boolean;
  link: string;
  triggered: readonly Build[];
  /** What a later step says of this one, which had begun in the background. */
  death?: Death;
}

function StepRow({ step, selected, link, triggered, death }: RowProps) {
  const status = statusOf(step);
  const classes = ['step', `st-${status}`, selected && 'step-chosen', step.hidden && 'step-hidden'].filter(Boolean).join(' ');
  return (
    <li class={classes} data-testid="step-row" data-step={step.name} data-status={status}>
      <a class="step-main" href={link} aria-current={selected ? 'true' : undefined}>
        <StatusMark status={status} />
        <span class="step-name">{step.name}</span>
        <Duration from={step.started_at} to={step.complete_at} />
        <span class={deaths(step.state_string).length > 0 ? 'step-state step-state-whole' : 'step-state'}>{detail(step, status)}</span>
        {death && <span class="step-death" data-testid="step-death">died: {death.text.replace(/^.*?, /, '')}</span>}
      </a>
      <StepUrls urls={step.urls} builds={triggered} />
    </li>
  );
}

function StepUrls({ urls, builds }: { urls: readonly StepUrl[]; builds: readonly Build[] }) {
  const { triggered, others } = sortUrls(urls, builds);
  if (urls.length === 0) return null;
  return (
    <span class="step-urls">
      {triggered.map((one) => <TriggeredLink key={one.url} of={one} />)}
      {others.map((url) => <SafeLink key={url.url} url={url.url} text={url.name} />)}
    </span>
  );
}

/** A build that the step started, with its result as it stands. */
function TriggeredLink({ of }: { of: Triggered }) {
  const status = of.build ? statusOf(of.build) : of.waiting ? 'pending' : 'unknown';
  const title = of.waiting ? `${of.name}: waiting` : of.build ? `${of.name}: ${of.build.state_string}` : of.name;
  return (
    <a class={`bubble st-${status}`} href={of.url} title={title} data-testid="triggered-build" data-status={status}>
      <StatusIcon status={status} />
      <span class="clip">{of.name}</span>
      <span class="sr-only">{of.waiting ? 'waiting' : status}</span>
    </a>
  );
}

export function SafeLink({ url, text }: { url: string; text: string }) {
  if (!isSafeUrl(url)) return <span class="break" title={url}>{text}</span>;
  if (isWebUrl(url)) return <a class="break" href={url} rel="noopener noreferrer" target="_blank">{text}</a>;
  return url.startsWith('#') ? <a class="break" href={url}>{text}</a> : <a class="break" href={pageUrl(url)} download>{text}</a>;
}
