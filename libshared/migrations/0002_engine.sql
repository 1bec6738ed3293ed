-- The whole build engine: patches, locks, triggers, environments, artifacts, test results, retention.

-- ---- sources with a patch (try) ----

CREATE TABLE patches (
    patchid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    level   int NOT NULL DEFAULT 1,
    subdir  text NOT NULL DEFAULT '',
    author  text NOT NULL DEFAULT '',
    comment text NOT NULL DEFAULT '',
    body    bytea NOT NULL
);
ALTER TABLE sourcestamps ADD COLUMN patchid bigint REFERENCES patches;
-- A patch has a source stamp of its own; without one they are shared as before.
DROP INDEX sourcestamps_identity;
CREATE UNIQUE INDEX sourcestamps_identity
    ON sourcestamps (repository, branch, revision, project, codebase, patchid) NULLS NOT DISTINCT;

-- ---- schedulers ----

-- Finished buildsets that a dependent scheduler waits for and no replica has looked at.
CREATE TABLE completions (
    bsid bigint PRIMARY KEY REFERENCES buildsets ON DELETE CASCADE
);

-- What a trigger step asked for: made once for (build, step), whoever asks how often.
CREATE TABLE triggers (
    buildid    bigint NOT NULL REFERENCES builds ON DELETE CASCADE,
    step       int NOT NULL,
    request    jsonb NOT NULL,                         -- as the agent sent it
    created_at timestamptz NOT NULL DEFAULT now(),
    done       boolean NOT NULL DEFAULT false,         -- the scheduler has made the buildsets
    error      text,                                   -- why it could not; the step is EXCEPTION
    buildsets  jsonb NOT NULL DEFAULT '[]',            -- [{bsid, scheduler, important}]
    PRIMARY KEY (buildid, step)
);
CREATE INDEX triggers_open ON triggers (created_at) WHERE NOT done;

-- A try that is asked for again is found by its job's id.
CREATE INDEX buildsets_external ON buildsets (external_idstring) WHERE external_idstring IS NOT NULL;

-- Changes that built nothing: which scheduler refused them, and why.
CREATE TABLE change_verdicts (
    changeid    bigint NOT NULL REFERENCES changes ON DELETE CASCADE,
    schedulerid bigint NOT NULL REFERENCES schedulers ON DELETE CASCADE,
    verdict     text NOT NULL,                         -- refused, unimportant
    reason      text NOT NULL,                         -- "branch \"x\" is none of main, release/1"
    PRIMARY KEY (changeid, schedulerid)
);

-- ---- requests and builds ----

ALTER TABLE buildrequests ADD COLUMN collapsed_into bigint;            -- the request that took its place

ALTER TABLE builders ADD COLUMN virtual boolean NOT NULL DEFAULT false; -- made for virtual_builder_name

ALTER TABLE builds ALTER COLUMN workerid DROP NOT NULL;                -- NULL: ended before it had a worker
ALTER TABLE builds ADD COLUMN waiting boolean NOT NULL DEFAULT false;  -- for what it triggered: takes no slot
ALTER TABLE builds ADD COLUMN pinned boolean NOT NULL DEFAULT false;   -- retention passes over it
ALTER TABLE builds ADD COLUMN environment text;                        -- key of the environment it runs in

ALTER TABLE steps ADD COLUMN flags int NOT NULL DEFAULT 0;             -- of steps that the recipe does not name:
                                                                       -- bits of ci_step_flags in their order;
                                                                       -- of all, 64: its logs may go on after it
ALTER TABLE steps ADD COLUMN warnings int NOT NULL DEFAULT 0;          -- that it counted
ALTER TABLE steps ADD COLUMN step_group text;                          -- name of its group

-- ---- locks ----

-- Who holds a lock (granted_at) and who waits. Fair: in order of claimid.
CREATE TABLE lock_claims (
    claimid      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL,
    workerid     bigint NOT NULL DEFAULT 0,            -- 0: the lock is not per worker
    buildid      bigint NOT NULL REFERENCES builds ON DELETE CASCADE,
    step         int NOT NULL DEFAULT -1,              -- -1: the build as a whole
    exclusive    boolean NOT NULL DEFAULT false,
    count        int NOT NULL DEFAULT 1,
    requested_at timestamptz NOT NULL,
    granted_at   timestamptz,
    UNIQUE (buildid, step, name, workerid)
);
CREATE INDEX lock_claims_name ON lock_claims (name, workerid, claimid);
-- A row for each lock in use: locked FOR UPDATE while claims on it are judged.
CREATE TABLE locks (
    name     text NOT NULL,
    workerid bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (name, workerid)
);

-- ---- workers ----

ALTER TABLE workers ADD COLUMN default_properties jsonb NOT NULL DEFAULT '{}';
ALTER TABLE workers ADD COLUMN paused_by text;                         -- who paused it ...
ALTER TABLE workers ADD COLUMN paused_at timestamptz;                  -- ... and when
ALTER TABLE workers ADD COLUMN quarantine_until timestamptz;
ALTER TABLE workers ADD COLUMN failures int NOT NULL DEFAULT 0;        -- of the agent, in a row
ALTER TABLE workers ADD COLUMN killed boolean NOT NULL DEFAULT false;  -- asked for: its builds end at once
ALTER TABLE workers ADD COLUMN missing_since timestamptz;              -- disconnected while it should be there
ALTER TABLE workers ADD COLUMN missing_told boolean NOT NULL DEFAULT false;

-- Workers that are missing and that no notifier has told of.
CREATE TABLE worker_missing_events (
    workerid        bigint PRIMARY KEY REFERENCES workers ON DELETE CASCADE,
    last_connection timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE notifications ALTER COLUMN buildid DROP NOT NULL;          -- NULL: about a worker
ALTER TABLE notifications ADD COLUMN workerid bigint REFERENCES workers ON DELETE CASCADE;

-- Prepared environments, as their workers report them.
CREATE TABLE environments (
    workerid     bigint NOT NULL REFERENCES workers ON DELETE CASCADE,
    builderid    bigint NOT NULL REFERENCES builders ON DELETE CASCADE,
    key          text NOT NULL,                        -- hash of key files and preparing steps
    prepared_at  timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    last_buildid bigint,
    seconds      double precision NOT NULL DEFAULT 0,  -- that preparing took
    PRIMARY KEY (workerid, builderid, key)
);

-- ---- artifacts ----

-- A file that a build uploaded: pieces of at most 4 MiB in the content store (chunks/<sha256>).
CREATE TABLE artifacts (
    artifactid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    buildid    bigint NOT NULL REFERENCES builds ON DELETE CASCADE,
    step       int NOT NULL,
    name       text NOT NULL,                          -- relative path
    size       bigint NOT NULL,
    sha256     bytea NOT NULL,
    chunks     bytea[] NOT NULL,                       -- sha256 of each, in order
    mode       int NOT NULL DEFAULT 420,               -- 0644
    mtime      timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,                            -- NULL: as retention says
    UNIQUE (buildid, name)
);
CREATE INDEX artifacts_expires ON artifacts (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX artifacts_created ON artifacts (created_at);
CREATE INDEX artifacts_chunks ON artifacts USING gin (chunks);         -- who needs a piece
-- What the store holds, so that pieces no artifact needs can be removed.
CREATE TABLE artifact_chunks (
    sha256     bytea PRIMARY KEY,
    size       int NOT NULL,
    touched_at timestamptz NOT NULL DEFAULT now()      -- put, or found to be there, last
);

-- ---- build data and test results ----

CREATE TABLE build_data (
    buildid    bigint NOT NULL REFERENCES builds ON DELETE CASCADE,
    name       text NOT NULL,
    value      bytea NOT NULL,
    source     text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (buildid, name)
);

CREATE TABLE test_result_sets (
    test_result_setid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    builderid         bigint NOT NULL REFERENCES builders,
    buildid           bigint NOT NULL REFERENCES builds ON DELETE CASCADE,
    stepid            bigint NOT NULL REFERENCES steps ON DELETE CASCADE,
    description       text NOT NULL,
    category          text NOT NULL,                   -- pass_fail, pass_only, fail_only, code_issue, ...
    value_unit        text NOT NULL,                   -- boolean, message, ...
    tests_passed      bigint,
    tests_failed      bigint,
    complete          boolean NOT NULL DEFAULT false,
    UNIQUE (stepid, description)
);
CREATE INDEX test_result_sets_build ON test_result_sets (buildid);
CREATE INDEX test_result_sets_builder ON test_result_sets (builderid, test_result_setid);
CREATE TABLE test_results (
    test_resultid     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    builderid         bigint NOT NULL,
    test_result_setid bigint NOT NULL REFERENCES test_result_sets ON DELETE CASCADE,
    test_name         text,
    test_code_path    text,
    line              int,
    duration_ns       bigint,
    value             text NOT NULL
);
CREATE INDEX test_results_set ON test_results (test_result_setid, test_resultid);

-- ---- logs ----

ALTER TABLE logs ADD COLUMN truncated boolean NOT NULL DEFAULT false;  -- log_max_size was reached
ALTER TABLE logs ADD COLUMN sealed jsonb;                              -- in S3: {key, size, sha256, chunks: [...]}
