// SPDX-License-Identifier: Apache-2.0
// The records of the REST API v2, field for field. Servers may send more fields; those are left alone.
// Times are epoch seconds.

export type Properties = Record<string, [value: unknown, source: string]>;

export interface Build {
  buildid: number;
  number: number;
  builderid: number;
  buildrequestid: number;
  masterid: number;
  workerid: number | null;
  started_at: number;
  complete: boolean;
  complete_at: number | null;
  locks_duration_s?: number;
  results: number | null;
  state_string: string;
  properties: Properties;
  /** How often its request has been started, this time included. */
  attempt?: number;
  /** Key of the environment that it runs in. */
  environment?: string | null;
  /** Kept, whatever retention says. */
  pinned?: boolean;
}

export interface Builder {
  builderid: number;
  name: string;
  /** Empty when no configuration has the builder any more. */
  masterids: number[];
  description: string | null;
  description_format?: string | null;
  description_html?: string | null;
  projectid?: number | null;
  tags: string[];
}

export interface BuildRequest {
  buildrequestid: number;
  buildsetid: number;
  builderid: number;
  priority: number;
  claimed: boolean;
  claimed_at: number | null;
  complete: boolean;
  complete_at: number | null;
  /** -1 while incomplete. */
  results: number;
  submitted_at: number;
  waited_for: boolean;
  properties?: Properties | null;
  /** The request that took its place; events do not say it. */
  collapsed_into?: number | null;
}

/** A condition for a request's build; an open one does not hold it up. */
export interface Gate {
  gate: string;
  open: boolean;
  text: string;
}

/** Why a request waits, or what became of it. */
export interface Why {
  buildrequestid: number;
  state: string;
  summary: string;
  gates: Gate[];
  estimate: { start_at: number | null; complete_at: number | null; based_on: number; basis: string } | null;
}

export interface SourceStamp {
  ssid: number;
  revision: string | null;
  branch: string | null;
  repository: string;
  project: string;
  codebase: string;
  patch?: { patchid: number; author: string; comment: string } | null;
  created_at: number;
}

export interface BuildSet {
  bsid: number;
  external_idstring: string | null;
  reason: string;
  rebuilt_buildid?: number | null;
  submitted_at: number;
  complete: boolean;
  complete_at: number | null;
  results: number;
  sourcestamps: SourceStamp[];
  parent_buildid: number | null;
  parent_relationship: string | null;
}

export interface Change {
  changeid: number;
  author: string;
  committer: string | null;
  files: string[];
  comments: string;
  revision: string | null;
  when_timestamp: number;
  branch: string | null;
  category: string | null;
  revlink: string | null;
  repository: string;
  project: string;
  codebase: string;
}

export interface Worker {
  workerid: number;
  name: string;
  connected_to: { masterid: number }[];
  configured_on: { masterid: number; builderid: number }[];
  workerinfo: Record<string, unknown>;
  paused: boolean;
  pause_reason: string | null;
  graceful: boolean;
  /** Slipway's additions: slots, labels, and when it was last heard of. */
  slots?: number | null;
  max_builds?: number | null;
  labels?: Record<string, string> | null;
  last_seen_at?: number | null;
}

export interface Step {
  stepid: number;
  number: number;
  name: string;
  buildid: number;
  started_at: number | null;
  locks_acquired_at?: number | null;
  complete: boolean;
  complete_at: number | null;
  results: number | null;
  state_string: string;
  urls: StepUrl[];
  hidden: boolean;
  /** Steps that follow each other and name the same group belong together. */
  group?: string | null;
  warnings?: number;
}

export interface StepUrl {
  name: string;
  url: string;
}

export interface Artifact {
  artifactid: number;
  buildid: number;
  step: number;
  name: string;
  size: number;
  sha256: string;
  created_at: number;
  expires_at: number | null;
}

export interface TestResultSet {
  test_result_setid: number;
  builderid: number;
  buildid: number;
  stepid: number;
  description: string | null;
  category: string;
  value_unit: string;
  /** Null where the category does not tell. */
  tests_passed: number | null;
  tests_failed: number | null;
  complete: boolean;
}

export interface TestResult {
  test_resultid: number;
  test_result_setid: number;
  test_name: string | null;
  test_code_path: string | null;
  line: number | null;
  duration_ns: number | null;
  value: string;
}

/** s: lines with a stream letter, t: text, h: HTML, d: deleted. */
export type LogType = 's' | 't' | 'h' | 'd';

export interface Log {
  logid: number;
  name: string;
  slug: string;
  stepid: number;
  complete: boolean;
  num_lines: number;
  type: LogType;
}

export interface LogChunk {
  logid: number;
  firstline: number;
  content: string;
}

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

export interface ForceScheduler {
  name: string;
  button_name: string;
  label: string;
  builder_names: string[];
  enabled: boolean;
  all_fields: ForceField[];
}

export type NotificationState = 'pending' | 'sending' | 'sent' | 'failed' | 'unconfirmed';

export interface Notification {
  notificationid: number;
  buildid: number | null;
  builderid: number | null;
  number: number | null;
  notifier: string;
  transport: string;
  recipient: string;
  subject: string;
  state: NotificationState;
  attempts: number;
  created_at: number;
  sent_at: number | null;
  next_try_at: number | null;
  error: string | null;
  /** Only when one message is asked for. */
  body_text?: string | null;
  body_html?: string | null;
}

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

export interface Token {
  tokenid: number;
  name: string;
  /** Its first characters. */
  hint: string;
  username: string;
  scopes: string[];
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  last_used_from: string | null;
  revoked_at: number | null;
  /** The token itself, only in the answer to its making. */
  token?: string;
}

export interface AuditRow {
  auditid: number;
  at: number;
  username: string;
  provider: string | null;
  tokenid: number | null;
  client: string | null;
  action: string;
  /** Path of the resource. */
  target: string;
  outcome: 'done' | 'refused' | 'failed';
  detail: Record<string, unknown>;
}

export type Verdict = 'changes' | 'known' | 'filtered' | 'ignored' | 'refused' | 'failed' | 'idle';

/** What came of a web hook's delivery, or of a poll. */
export interface Delivery {
  deliveryid: number;
  received_at: number;
  kind: 'hook' | 'poll';
  source: string;
  event: string | null;
  external_id: string | null;
  repository: string | null;
  verdict: Verdict;
  reason: string | null;
  status: number | null;
  found: number;
  changeids: number[];
  known_changeids: number[];
  recovered: boolean;
  repeated: number;
  last_at: number;
  replay_of: number | null;
  body_bytes: number;
  replayable: boolean;
}

export interface Config {
  title: string;
  titleURL: string;
  buildbotURL: string;
  user: User;
  versions: [name: string, version: string][];
  auth?: { name: string; oauth2?: boolean; providers?: Provider[] };
}

/** What force and rebuild answer: the buildset and the request of each builder. */
export type Forced = [bsid: number, requests: Record<string, number>];
