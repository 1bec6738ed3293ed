-- SPDX-License-Identifier: Apache-2.0
-- Access, audit, the ledger of deliveries, and the resources of Buildbot's REST API that had no table.

-- ---- who may do what ----

-- Local users and service accounts. Rules for what they may do are slipway.yaml's.
CREATE TABLE users (
    userid        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username      text NOT NULL UNIQUE,
    full_name     text,
    email         text,
    groups        text[] NOT NULL DEFAULT '{}',
    password_hash text,                                -- argon2id; NULL: no sign-in by password
    service       boolean NOT NULL DEFAULT false,      -- has tokens only
    active        boolean NOT NULL DEFAULT true,       -- false: no sign-in, and its tokens are void
    created_at    timestamptz NOT NULL DEFAULT now(),
    created_by    text NOT NULL
);

-- Roles are given to names whatever their case, so two of them must not differ by it alone.
CREATE UNIQUE INDEX users_name ON users (lower(username));

CREATE TABLE tokens (
    tokenid      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash   bytea NOT NULL UNIQUE,                -- sha256
    hint         text NOT NULL,                        -- its first characters, to tell it by
    name         text NOT NULL,                        -- what it is for
    username     text NOT NULL,                        -- whom it speaks for ...
    identity     jsonb NOT NULL,                       -- ... as known when it was made: email, groups, provider
    scopes       text[] NOT NULL,                      -- actions (read, force ...), or all
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text NOT NULL,
    expires_at   timestamptz,                          -- NULL: never
    last_used_at timestamptz,                          -- to the minute
    last_used_from text,
    revoked_at   timestamptz,
    made_with    bigint REFERENCES tokens ON DELETE CASCADE -- the token that asked for this one, and whose end is its end
);
CREATE INDEX tokens_username ON tokens (username, tokenid);
CREATE INDEX tokens_made_with ON tokens (made_with) WHERE made_with IS NOT NULL;

-- A browser session keeps whom its provider named.
ALTER TABLE sessions ADD COLUMN identity jsonb NOT NULL DEFAULT '{}';
CREATE INDEX sessions_expires ON sessions (expires_at);

-- Sign-ins at a provider that are under way.
CREATE TABLE signins (
    state_hash bytea PRIMARY KEY,                      -- sha256 of the state parameter
    provider   text NOT NULL,
    detail     jsonb NOT NULL,                         -- nonce, code verifier, where to go afterwards
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX signins_created ON signins (created_at);

-- Keys that the replicas share, made once by whoever comes first.
CREATE TABLE server_keys (
    name       text PRIMARY KEY,                       -- cookie
    value      bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Who did what, when, from where, through which token; also what was refused.
CREATE TABLE audit (
    auditid  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT now(),
    username text NOT NULL,                            -- "anonymous" without one
    provider text,                                     -- how it signed in: local, token, admin-token, github ...
    tokenid  bigint,
    client   text,                                     -- address
    action   text NOT NULL,                            -- force, stop, apply, sign-in ...
    target   text NOT NULL,                            -- path of the resource: builds/17
    outcome  text NOT NULL,                            -- done, refused, failed
    detail   jsonb NOT NULL DEFAULT '{}'               -- never a secret
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_username ON audit (username, auditid);
CREATE INDEX audit_target ON audit (target, auditid);

-- The answers to creating calls that carried an Idempotency-Key.
CREATE TABLE idempotency_keys (
    username     text NOT NULL,
    key          text NOT NULL,
    request_hash bytea NOT NULL,                       -- of method, path and body
    status       int,                                  -- NULL: under way
    answer       text,                                 -- the result, JSON
    attempt      bigint NOT NULL,                      -- random: fences a call that was given up
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (username, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

-- ---- the ledger: every delivery of a hook, every poll that tells something ----

CREATE TABLE deliveries (
    deliveryid  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now(),
    kind        text NOT NULL,                         -- hook, poll
    source      text NOT NULL,                         -- dialect, or the poller's name
    event       text,                                  -- push, pull_request ... as the sender calls it
    external_id text,                                  -- the sender's id of the delivery
    repository  text,
    client      text,                                  -- address of the sender
    verdict     text NOT NULL,                         -- changes, known, filtered, ignored, refused, failed, idle
    reason      text,                                  -- filtered by what, refused because of what
    status      int,                                   -- HTTP status of the answer; NULL: a poll
    found       int NOT NULL DEFAULT 0,                -- changes it told of ...
    changeids   bigint[] NOT NULL DEFAULT '{}',        -- ... made of it ...
    known_changeids bigint[] NOT NULL DEFAULT '{}',    -- ... and there before
    recovered   boolean NOT NULL DEFAULT false,        -- a poll found what a hook should have told
    repeated    int NOT NULL DEFAULT 1,                -- polls in a row with this same result ...
    last_at     timestamptz NOT NULL DEFAULT now(),    -- ... and the last of them
    replay_of   bigint REFERENCES deliveries ON DELETE SET NULL,
    request     jsonb,                                 -- method, path, query, headers without secrets
    body_bytes  int NOT NULL DEFAULT 0,                -- of the body as it came ...
    body        bytea,                                 -- ... which is this, zstd; NULL: too long to keep
    projects    text[] NOT NULL DEFAULT '{}'           -- of its changes, and of those its repository had before
);
CREATE INDEX deliveries_received ON deliveries (received_at);
CREATE INDEX deliveries_source ON deliveries (source, deliveryid);
CREATE INDEX deliveries_verdict ON deliveries (verdict, deliveryid);
CREATE INDEX deliveries_repository ON deliveries (repository, deliveryid);
CREATE INDEX deliveries_kind ON deliveries (kind, deliveryid);
CREATE INDEX deliveries_external ON deliveries (external_id);
CREATE INDEX deliveries_replays ON deliveries (replay_of) WHERE replay_of IS NOT NULL;
CREATE INDEX deliveries_changes ON deliveries USING gin (changeids);
CREATE INDEX deliveries_known ON deliveries USING gin (known_changeids);

-- Deliveries that somebody wants read again; changes takes them and adds one with replay_of.
CREATE TABLE replays (
    deliveryid   bigint PRIMARY KEY REFERENCES deliveries ON DELETE CASCADE,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX replays_requested ON replays (requested_at);
-- Whether a repository ever had changes of a project that somebody may not see.
CREATE INDEX changes_repository_project ON changes (repository, project);

-- The names of all projects are read by it, one look for each, where rules speak of projects.
CREATE INDEX sourcestamps_project ON sourcestamps (project);

-- ---- resources ----

CREATE TABLE changesources (
    changesourceid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text NOT NULL UNIQUE,
    type           text NOT NULL,                      -- git_poller ...; hook for a dialect
    active         boolean NOT NULL DEFAULT true       -- named by the configuration in force
);
INSERT INTO changesources (name, type, active) SELECT name, 'git_poller', active FROM pollers;

CREATE TABLE projects (
    projectid          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name               text NOT NULL UNIQUE,
    slug               text NOT NULL,
    description        text,
    description_format text,
    description_html   text,
    changed_by         bigint                          -- version of the configuration
);
ALTER TABLE builders ADD COLUMN projectid bigint REFERENCES projects;
CREATE INDEX builders_project ON builders (projectid);
INSERT INTO projects (name, slug)
SELECT DISTINCT project, left(regexp_replace(regexp_replace(project, '[^a-zA-Z0-9._-]', '_', 'g'), '^([0-9.])', '_\1'), 70)
  FROM builders WHERE project <> '';
UPDATE builders b SET projectid = p.projectid FROM projects p WHERE p.name = b.project;

CREATE TABLE codebases (
    codebaseid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    projectid  bigint NOT NULL REFERENCES projects,
    name       text NOT NULL,
    slug       text NOT NULL,
    changed_by bigint,                                 -- version of the configuration
    UNIQUE (projectid, name)
);

-- Commits that changes told of: those of the codebases that the configuration names.
CREATE TABLE commits (
    commitid        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    codebaseid      bigint NOT NULL REFERENCES codebases ON DELETE CASCADE,
    author          text NOT NULL,
    committer       text,
    comments        text NOT NULL,
    when_timestamp  timestamptz NOT NULL,
    revision        text NOT NULL,
    parent_commitid bigint,
    UNIQUE (codebaseid, revision)
);
CREATE INDEX commits_parent ON commits (parent_commitid) WHERE parent_commitid IS NOT NULL;

CREATE TABLE branches (
    branchid       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    codebaseid     bigint NOT NULL REFERENCES codebases ON DELETE CASCADE,
    name           text NOT NULL,
    commitid       bigint REFERENCES commits ON DELETE SET NULL,
    last_timestamp timestamptz NOT NULL,
    UNIQUE (codebaseid, name)
);

-- ---- pollers ----

ALTER TABLE pollers ADD COLUMN type text NOT NULL DEFAULT 'git_poller';
ALTER TABLE pollers ADD COLUMN not_before timestamptz;             -- the remote's rate limit; NULL: none
ALTER TABLE pollers ADD COLUMN poked_for timestamptz;              -- asked for during a poll: look once more then
ALTER TABLE pollers ADD COLUMN state jsonb NOT NULL DEFAULT '{}';  -- the forge's marks of what was seen (ETag)

-- Whether a poller found what a hook should have told.
CREATE INDEX deliveries_heard ON deliveries (repository)
    WHERE kind = 'hook' AND verdict IN ('changes', 'known');
-- Builds by commit.
CREATE INDEX sourcestamps_revision ON sourcestamps (revision, ssid) WHERE revision IS NOT NULL;

-- A worker's `workerinfo` as clients know it: texts or null, all of them there once it has connected.
CREATE FUNCTION worker_info(info jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN info = '{}' THEN info
                ELSE '{"admin": null, "host": null, "access_uri": null, "version": null}'::jsonb || (info - 'labels') END
$$;

-- ---- what REST queries are served by (services/www/tables/tables_*.c) ----

-- Null sorts first there, so that an unfinished build comes before all that are over.
DROP INDEX builds_complete_at;
CREATE INDEX builds_complete_at ON builds (complete_at NULLS FIRST, buildid);
CREATE INDEX builds_results ON builds (results NULLS FIRST, buildid);
-- Few builds fail, so that it costs little; without it they are looked for among all of a builder's.
CREATE INDEX builds_builder_results ON builds (builderid, results, number) WHERE results <> 0;
CREATE INDEX builds_builder_id ON builds (builderid, buildid);
CREATE INDEX builds_builder_started ON builds (builderid, started_at);
CREATE INDEX changes_revision ON changes (revision NULLS FIRST, changeid);
CREATE INDEX changes_codebase ON changes (codebase, changeid);
CREATE INDEX changes_project ON changes (project, changeid);
CREATE INDEX changes_branch_id ON changes (branch NULLS FIRST, changeid);
CREATE INDEX changes_author ON changes (author, changeid);
CREATE INDEX changes_category ON changes (category NULLS FIRST, changeid);
CREATE INDEX changes_when ON changes (when_timestamp, changeid);
DROP INDEX artifacts_expires;
CREATE INDEX artifacts_expires ON artifacts (expires_at NULLS FIRST, artifactid);
CREATE INDEX commits_codebase ON commits (codebaseid, commitid);

-- Where sources come from, whatever their revision; the same number for the same repository, branch
-- and codebase. A build has that of all its sources together, so that one look into an index finds
-- the last success before it of what it builds.
ALTER TABLE sourcestamps ADD COLUMN line bigint NOT NULL GENERATED ALWAYS AS (
    ('x' || left(md5(repository || E'\n' || coalesce('=' || branch, '') || E'\n' || codebase), 16))::bit(64)::bigint) STORED;
ALTER TABLE builds ADD COLUMN line bigint;             -- the lines of its sources, xor; NULL: it has none
-- As many as were looked through before there were lines.
UPDATE builds b SET line = known.line
  FROM (SELECT newest.buildid, bit_xor(ss.line) AS line
          FROM builders d
         CROSS JOIN LATERAL (SELECT nb.buildid, nb.buildrequestid FROM builds nb
                              WHERE nb.builderid = d.builderid ORDER BY nb.number DESC LIMIT 1000) newest
          JOIN buildrequests q USING (buildrequestid)
          JOIN buildset_sourcestamps link ON link.bsid = q.buildsetid
          JOIN sourcestamps ss USING (ssid)
         GROUP BY newest.buildid) known
 WHERE b.buildid = known.buildid;
CREATE INDEX builds_successes ON builds (builderid, line, number) WHERE results = 0;

-- When a scheduler fired last.
CREATE INDEX buildsets_scheduler ON buildsets (scheduler, submitted_at) WHERE scheduler IS NOT NULL;

-- ---- search and test history ----

-- Names are cut, as an index has no room for longer ones.
-- What became of one test, build by build; tests by the beginning of their names.
CREATE INDEX test_results_name ON test_results (builderid, left(test_name, 500) text_pattern_ops, test_resultid);

-- Changes and builds by the beginning of a revision, branches by that of their names.
CREATE INDEX changes_revision_begins ON changes (left(revision, 100) text_pattern_ops, changeid);
CREATE INDEX changes_branch_begins ON changes (left(branch, 200) text_pattern_ops, changeid);
CREATE INDEX sourcestamps_revision_begins ON sourcestamps (left(revision, 100) text_pattern_ops, ssid);

-- The words of a change, punctuation being blanks: A of its author, B of its comments. Cut, as a tsvector
-- of more than 1 MiB would refuse the row.
ALTER TABLE changes ADD COLUMN words tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', translate(left(author, 1000),
                          '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ')), 'A') ||
    setweight(to_tsvector('simple', translate(left(comments, 20000),
                          '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ')), 'B')) STORED;
CREATE INDEX changes_words ON changes USING gin (words);
