// SPDX-License-Identifier: Apache-2.0
// The steps of a build with their live states; choosing one shows its logs beside the list.
import type { Step } from '../api/records';
import { statusOf, type Status } from '../lib/results';
import { StatusMark } from './status';
import { Duration } from './time';

interface StepListProps {
  steps: readonly Step[];
  selected: number | undefined;
  link: (step: Step) => string;
}

export function StepList({ steps, selected, link }: StepListProps) {
  return (
    <ol class="steps" data-testid="step-list">
      {steps.filter((step) => !step.hidden).map((step) => (
        <StepRow key={step.stepid} step={step} selected={step.number === selected} link={link(step)} />
      ))}
    </ol>
  );
}

/** The server's text often begins with the step's own name, which stands above it already. */
function detail(step: Step, status: Status): string {
  const text = step.state_string;
  if (!text || text === step.name) return status;
  return text;
}

function StepRow({ step, selected, link }: { step: Step; selected: boolean; link: string }) {
  const status = statusOf(step);
  return (
    <li class={`step st-${status}${selected ? ' step-chosen' : ''}`} data-testid="step-row" data-step={step.name} data-status={status}>
      <a class="step-main" href={link} aria-current={selected ? 'true' : undefined}>
        <StatusMark status={status} />
        <span class="step-name">{step.name}</span>
        <Duration from={step.started_at} to={step.complete_at} />
        <span class="step-state">{detail(step, status)}</span>
      </a>
      {step.urls.length > 0 && (
        <span class="step-urls">
          {step.urls.map((url) => (
            <SafeLink key={url.url} url={url.url} text={url.name} />
          ))}
        </span>
      )}
    </li>
  );
}

/** Addresses come from builds, so only those of the web become links. */
export function SafeLink({ url, text }: { url: string; text: string }) {
  if (!/^https?:\/\//i.test(url)) return <span title={url}>{text}</span>;
  return (
    <a href={url} rel="noopener noreferrer" target="_blank">
      {text}
    </a>
  );
}
