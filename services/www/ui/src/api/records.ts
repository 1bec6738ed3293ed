// SPDX-License-Identifier: Apache-2.0
// The records of the API under the names that the UI uses: as schema.ts has them, said closer where the document only
// says "string" or "object". Servers may send more fields; those are left alone. Times are epoch seconds.
import type { components } from './schema';

type Schemas = components['schemas'];
/** A record with some of its fields typed closer. */
type Closer<T, Fields> = Omit<T, keyof Fields> & Fields;

export type Properties = Record<string, [value: unknown, source: string]>;

export type Build = Closer<Schemas['build'], { properties: Properties }>;
export type Builder = Schemas['builder'];
/** A builder at a glance. */
export type BuilderSummary = Schemas['builder_summary'];
/** Events leave out what became of it: a request of theirs has no `collapsed_into`. */
export type BuildRequest = Closer<Schemas['buildrequest'], { properties?: Properties | null; collapsed_into?: number | null }>;
export type BuildSet = Schemas['buildset'];
export type SourceStamp = Schemas['sourcestamp'];
export type Change = Schemas['change'];
export type Worker = Closer<Schemas['worker'], { workerinfo: Record<string, unknown>; labels: Record<string, string> | null }>;
export type Step = Schemas['step'];
export type StepUrl = Step['urls'][number];
export type Artifact = Schemas['artifact'];
export type TestResultSet = Schemas['test_result_set'];
export type TestResult = Schemas['test_result'];
export type Test = Schemas['test'];
export type TestRun = Schemas['test_run'];
export type LogChunk = Schemas['logchunk'];
export type LogMatch = Schemas['logmatch'];
export type LogTime = Schemas['logtime'];
export type Master = Schemas['master'];
export type Scheduler = Schemas['scheduler'];
export type ChangeSource = Schemas['changesource'];
export type Project = Schemas['project'];
export type ConfigVersion = Schemas['config_version'];
export type SearchGroup = Schemas['search_group'];
/** A condition for a request's build; an open one does not hold it up. */
export type Gate = Closer<Schemas['request_why']['gates'][number], { gate: string; text: string }>;
/** Why a request waits, or what became of it. */
export type Why = Closer<Schemas['request_why'], { state: string; summary: string; gates: Gate[] }>;
export type ChangeWhy = Schemas['change_why'];
/** All that the page of a build shows first. */
export type BuildPageRecord = Schemas['build_page'];
/** The installation as it runs. */
export type About = Schemas['about'];
export type Account = Schemas['user'];

/** s: lines with a stream letter, t: text, h: HTML, d: deleted. */
export type LogType = 's' | 't' | 'h' | 'd';
export type Log = Closer<Schemas['log'], { type: LogType }>;

export type FieldType =
  | 'fixed' | 'text' | 'textarea' | 'int' | 'bool' | 'username' | 'list' | 'file' | 'nested';

export interface ForceField {
  name: string;
  fullName: string;
  label: string;
  tablabel?: string;
  type: FieldType;
  default?: unknown;
  required?: boolean;
  multiple?: boolean;
  hide?: boolean;
  maxsize?: number | null;
  tooltip?: string;
  autopopulate?: Record<string, Record<string, string | number | boolean>> | null;
  size?: number;
  cols?: number;
  rows?: number;
  choices?: string[];
  strict?: boolean;
  need_email?: boolean;
  layout?: 'vertical' | 'simple' | 'tabs';
  columns?: number;
  fields?: ForceField[];
}

export type ForceScheduler = Closer<Schemas['forcescheduler'], { all_fields: ForceField[] }>;

export type NotificationState = 'pending' | 'sending' | 'sent' | 'failed' | 'unconfirmed';
/** The bodies come only when one message is asked for. */
export type Notification = Closer<Schemas['notification'], { state: NotificationState; body_text?: string | null; body_html?: string | null }>;

/** The token itself comes only in the answer to its making. */
export type Token = Closer<Schemas['token'], { token?: string }>;
export type AuditRow = Closer<Schemas['audit'], { outcome: 'done' | 'refused' | 'failed'; detail: Record<string, unknown> }>;

export type Verdict = 'changes' | 'known' | 'filtered' | 'ignored' | 'refused' | 'failed' | 'idle';
/** What came of a web hook's delivery, or of a poll. */
export type Delivery = Closer<Schemas['delivery'], { kind: 'hook' | 'poll'; verdict: Verdict }>;

export interface User {
  anonymous?: boolean;
  username?: string;
  full_name?: string;
  email?: string;
}

/** A provider that says who somebody is. */
export interface Provider {
  name: string;
  title: string;
  type: string;
}

/** Who asks, and what they may do where no builder or project is named. */
export interface Me {
  username: string;
  anonymous: boolean;
  full_name: string | null;
  email: string | null;
  provider: string | null;
  groups: string[];
  scopes: string[];
  roles: string[];
  actions: string[];
}

export interface Config {
  title: string;
  titleURL: string;
  buildbotURL: string;
  user: User;
  versions: [name: string, version: string][];
  auth?: { name: string; oauth2?: boolean; providers?: Provider[] };
  /** Settings for who has chosen none, by Buildbot's names ("Builders.show_old_builders") and ours ("Slipway.theme"). */
  ui_default_config?: Record<string, unknown>;
}

/** What force and rebuild answer: the buildset and the request of each builder. */
export type Forced = [bsid: number, requests: Record<string, number>];
