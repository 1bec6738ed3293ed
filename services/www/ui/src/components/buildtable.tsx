// SPDX-License-Identifier: Apache-2.0
// Builds as a table: of one builder, or of one worker across builders.
import type { Build, Builder, Properties } from '../api/records';
import { shortRevision } from '../lib/format';
import { statusOf } from '../lib/results';
import { href } from '../lib/route';
import { StatusBadge } from './status';
import { Ago, Duration } from './time';
import { t } from '../text';

export function property(properties: Properties | null | undefined, name: string): string {
  const value = properties?.[name]?.[0];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function BuildTable({ builds, builders }: { builds: readonly Build[]; builders?: readonly Builder[] }) {
  const took = durationClass(builders);
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            {builders && <th>{t.actions.columns.builder}</th>}
            <th>{t.actions.columns.build}</th>
            <th>{t.actions.columns.result}</th>
            <th class="wide-only">{t.actions.columns.source}</th>
            <th class="wide-only grow">{t.actions.columns.state}</th>
            <th class={took}>{t.actions.columns.duration}</th>
            <th class="num">{t.actions.columns.started}</th>
          </tr>
        </thead>
        <tbody>
          {builds.map((build) => (
            <BuildRow key={build.buildid} build={build} builders={builders} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** On a phone the name of the builder leaves no room for it. */
function durationClass(builders: readonly Builder[] | undefined): string {
  return builders ? 'num wide-only' : 'num';
}

function BuildRow({ build, builders }: { build: Build; builders?: readonly Builder[] }) {
  const link = href('builders', build.builderid, 'builds', build.number);
  const name = builders?.find((b) => b.builderid === build.builderid)?.name;
  const took = durationClass(builders);
  return (
    <tr data-testid="build-row">
      {builders && (
        <td>
          <a href={href('builders', build.builderid)}>{name ?? t.actions.builder(build.builderid)}</a>
        </td>
      )}
      <td>
        <a class="strong" href={link}>#{build.number}</a>
      </td>
      <td>
        <a class="plain" href={link} tabIndex={-1}>
          <StatusBadge status={statusOf(build)} />
        </a>
      </td>
      <td class="wide-only"><Source properties={build.properties} /></td>
      <td class="wide-only grow muted clip">{build.state_string}</td>
      <td class={took}><Duration from={build.started_at} to={build.complete_at} /></td>
      <td class="num"><Ago at={build.started_at} /></td>
    </tr>
  );
}

export function Source({ properties }: { properties: Properties | null | undefined }) {
  const branch = property(properties, 'branch');
  const revision = property(properties, 'got_revision') || property(properties, 'revision');
  if (!branch && !revision) return <span class="muted">–</span>;
  return (
    <span class="source">
      {branch && <span>{branch}</span>}
      {revision && <code>{shortRevision(revision)}</code>}
    </span>
  );
}
