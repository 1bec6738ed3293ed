// SPDX-License-Identifier: Apache-2.0
// What the pages of schedulers, changes, projects and the configuration ask for.
import type { Build, Builder, Change, ConfigVersion, Delivery, Project, Scheduler } from '../api/records';
import type { Spec } from '../live/collection';
import { descending } from './merge';

/** Events do not tell which builders a scheduler has. */
export function schedulers(): Spec<Scheduler> {
  return {
    path: 'schedulers', plural: 'schedulers', id: 'schedulerid', query: { order: 'name' },
    topics: ['schedulers/*/*', 'buildsets/*/new'], reloadOnly: true, reloadAfter: 1000,
  };
}

export interface ChangeFilter {
  branch: string;
  repository: string;
  author: string;
  project: string;
}

export const NO_FILTER: ChangeFilter = { branch: '', repository: '', author: '', project: '' };

export function changes(limit: number, filter: ChangeFilter = NO_FILTER): Spec<Change> {
  const given = Object.entries(filter).filter(([, value]) => value !== '') as [keyof ChangeFilter, string][];
  return {
    path: 'changes', plural: 'changes', id: 'changeid',
    query: { ...Object.fromEntries(given), order: '-changeid', limit },
    topics: ['changes/*/*'], compare: descending('changeid'), limit,
    accept: (change) => given.every(([name, value]) => change[name] === value),
  };
}

export function change(id: number): Spec<Change> {
  return { path: `changes/${id}`, plural: 'changes', id: 'changeid' };
}

/** Events do not say of which changes a build is; several such lists are on screen at once. */
export function buildsOfChange(id: number): Spec<Build> {
  return {
    path: `changes/${id}/builds`, plural: 'builds', id: 'buildid', query: { order: '-buildid', limit: 50 },
    topics: ['builds/*/new', 'builds/*/finished'], reloadOnly: true, reloadAfter: 3000,
  };
}

export function deliveriesOfChange(id: number): Spec<Delivery> {
  return {
    path: `changes/${id}/deliveries`, plural: 'deliveries', id: 'deliveryid', query: { order: '-deliveryid', limit: 20 },
    topics: ['deliveries/*/*'], reloadOnly: true,
  };
}

export function project(key: string): Spec<Project> {
  const topics = /^\d+$/.test(key) ? [`projects/${key}/*`] : [];
  return { path: `projects/${encodeURIComponent(key)}`, plural: 'projects', id: 'projectid', topics };
}

export function buildersOfProject(id: number): Spec<Builder> {
  return {
    path: `projects/${id}/builders`, plural: 'builders', id: 'builderid', query: { order: 'name' },
    topics: ['builders/*/*'], reloadOnly: true,
  };
}

/** The newest first; the whole text comes with each, so that few are asked for. */
export function configVersions(limit: number): Spec<ConfigVersion> {
  return { path: 'config', plural: 'configs', id: 'version', query: { limit } };
}

/** The one in force. */
export function currentConfig(): Spec<ConfigVersion> {
  return { path: 'config/current', plural: 'configs', id: 'version' };
}

export function configVersion(version: number): Spec<ConfigVersion> {
  return { path: `config/${version}`, plural: 'configs', id: 'version' };
}
