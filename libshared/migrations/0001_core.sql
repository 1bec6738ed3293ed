-- The first schema: configuration, changes, requests, builds, logs, workers, notifications.
-- Column names are the field names of REST API v2 where a column is one of its fields.
-- Times are timestamptz, ids bigint; results carry Buildbot's codes (0 SUCCESS .. 6 CANCELLED).

CREATE TABLE config_versions (
    version    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL,
    comment    text NOT NULL DEFAULT '',
    yaml       text NOT NULL
);

-- One row: the version in force.
CREATE TABLE config_current (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint NOT NULL REFERENCES config_versions
);

-- The control plane as a whole is one master, whichever replicas serve it: Buildbot's clients take
-- an empty masterids as "old builder". last_active is refreshed by the builder service.
CREATE TABLE masters (
    masterid    bigint PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    active      boolean NOT NULL DEFAULT true,
    last_active timestamptz NOT NULL DEFAULT now()
);
INSERT INTO masters (masterid, name) VALUES (1, 'slipway');

CREATE TABLE builders (
    builderid          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name               text NOT NULL UNIQUE,
    description        text,
    description_format text,
    description_html   text,
    project            text NOT NULL DEFAULT '',
    tags               text[] NOT NULL DEFAULT '{}',
    active             boolean NOT NULL DEFAULT true,  -- named by the configuration in force
    last_number        bigint NOT NULL DEFAULT 0       -- number of its newest build
);

CREATE TABLE schedulers (
    schedulerid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    type        text NOT NULL,                         -- single_branch, periodic, ...
    enabled     boolean NOT NULL DEFAULT true,         -- switched by people; kept over versions
    active      boolean NOT NULL DEFAULT true
);

CREATE TABLE workers (
    workerid           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name               text NOT NULL UNIQUE,
    active             boolean NOT NULL DEFAULT true,
    enrolled           boolean NOT NULL DEFAULT false, -- by enrolment token, not by the configuration
    password_hash      text,                           -- argon2id
    max_builds         int NOT NULL DEFAULT 0,         -- configured; 0: as many as offered
    labels             jsonb NOT NULL DEFAULT '{}',    -- {key: value}: configured, or the agent's own
    properties         jsonb NOT NULL DEFAULT '{}',
    info               jsonb NOT NULL DEFAULT '{}',    -- admin, host, access_uri, version, system
    slots              int NOT NULL DEFAULT 0,         -- offered by the agent of the session
    paused             boolean NOT NULL DEFAULT false,
    pause_reason       text,
    graceful           boolean NOT NULL DEFAULT false,
    session            bigint NOT NULL DEFAULT 0,      -- counts sessions; the newest is the only one
    session_token_hash bytea UNIQUE,                   -- sha256; NULL: no session
    session_at         timestamptz,                    -- when that session began
    connected          boolean NOT NULL DEFAULT false,
    last_seen_at       timestamptz
);
CREATE INDEX workers_connected ON workers (last_seen_at) WHERE connected;

-- One row for each distinct source; patches never share.
CREATE TABLE sourcestamps (
    ssid       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    branch     text,
    revision   text,
    repository text NOT NULL DEFAULT '',
    project    text NOT NULL DEFAULT '',
    codebase   text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX sourcestamps_identity
    ON sourcestamps (repository, branch, revision, project, codebase) NULLS NOT DISTINCT;

CREATE TABLE changes (
    changeid        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_changeid bigint,                            -- the one before in the same branch
    ssid            bigint NOT NULL REFERENCES sourcestamps,
    author          text NOT NULL,
    committer       text,
    comments        text NOT NULL DEFAULT '',
    files           text[] NOT NULL DEFAULT '{}',
    revision        text,
    branch          text,
    repository      text NOT NULL DEFAULT '',
    project         text NOT NULL DEFAULT '',
    codebase        text NOT NULL DEFAULT '',
    category        text,
    revlink         text,
    properties      jsonb NOT NULL DEFAULT '{}',       -- {name: [value, "Change"]}
    when_timestamp  timestamptz NOT NULL,
    received_at     timestamptz NOT NULL DEFAULT now(),
    source          text NOT NULL                      -- change source or hook that was first
);
-- A hook and a poller that see the same commit, or a redelivered hook, make one change.
CREATE UNIQUE INDEX changes_identity ON changes (repository, branch, revision)
    NULLS NOT DISTINCT WHERE revision IS NOT NULL;
CREATE INDEX changes_ssid ON changes (ssid);
CREATE INDEX changes_branch ON changes (repository, branch, codebase, changeid);

-- Changes that no scheduler has looked at yet.
CREATE TABLE change_inbox (
    changeid bigint PRIMARY KEY REFERENCES changes ON DELETE CASCADE
);

-- When each poller is due, and who works on it. A row is taken with SKIP LOCKED and `claimed_until`
-- pushed on, so that a replica that dies gives it back.
CREATE TABLE pollers (
    name          text PRIMARY KEY,
    repository    text NOT NULL,
    active        boolean NOT NULL DEFAULT true,
    initialized   boolean NOT NULL DEFAULT false,      -- the first poll only records
    due_at        timestamptz NOT NULL DEFAULT now(),
    claimed_until timestamptz,
    claim         bigint NOT NULL DEFAULT 0,           -- fences a claim that ran out
    last_poll_at  timestamptz,
    last_error    text,                                -- NULL: the last poll went well
    failures      int NOT NULL DEFAULT 0               -- in a row
);
CREATE INDEX pollers_due ON pollers (due_at) WHERE active;

-- The tips that a poller has seen.
CREATE TABLE poller_refs (
    poller   text NOT NULL REFERENCES pollers ON DELETE CASCADE,
    branch   text NOT NULL,
    revision text NOT NULL,
    PRIMARY KEY (poller, branch)
);

-- Changes that a scheduler keeps for its next buildset (stable timer, only_if_changed).
CREATE TABLE scheduler_changes (
    schedulerid bigint NOT NULL REFERENCES schedulers ON DELETE CASCADE,
    timer       text NOT NULL,                         -- '' or the any_branch key
    changeid    bigint NOT NULL REFERENCES changes ON DELETE CASCADE,
    important   boolean NOT NULL,
    PRIMARY KEY (schedulerid, timer, changeid)
);

-- Stable timers and fire times, taken with SKIP LOCKED when due.
CREATE TABLE scheduler_timers (
    schedulerid bigint NOT NULL REFERENCES schedulers ON DELETE CASCADE,
    timer       text NOT NULL,
    due_at      timestamptz NOT NULL,
    PRIMARY KEY (schedulerid, timer)
);
CREATE INDEX scheduler_timers_due ON scheduler_timers (due_at);

-- What else a scheduler remembers.
CREATE TABLE scheduler_state (
    schedulerid bigint NOT NULL REFERENCES schedulers ON DELETE CASCADE,
    key         text NOT NULL,                         -- last_build, definition, ...
    value       jsonb NOT NULL,
    PRIMARY KEY (schedulerid, key)
);

CREATE TABLE buildsets (
    bsid                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    external_idstring   text,
    reason              text NOT NULL,
    scheduler           text,
    submitted_at        timestamptz NOT NULL,
    complete            boolean NOT NULL DEFAULT false,
    complete_at         timestamptz,
    results             int NOT NULL DEFAULT -1,
    open_requests       int NOT NULL,                  -- that are not complete
    folded              int NOT NULL DEFAULT 0,        -- result of those that are
    rebuilt_buildid     bigint,
    parent_buildid      bigint,
    parent_relationship text,
    properties          jsonb NOT NULL DEFAULT '{}'    -- {name: [value, source]}
);
CREATE INDEX buildsets_open ON buildsets (bsid) WHERE NOT complete;
CREATE INDEX buildsets_submitted ON buildsets (submitted_at);
CREATE INDEX buildsets_parent ON buildsets (parent_buildid) WHERE parent_buildid IS NOT NULL;

CREATE TABLE buildset_sourcestamps (
    bsid bigint NOT NULL REFERENCES buildsets ON DELETE CASCADE,
    ssid bigint NOT NULL REFERENCES sourcestamps,
    PRIMARY KEY (bsid, ssid)
);
CREATE INDEX buildset_sourcestamps_ssid ON buildset_sourcestamps (ssid);

CREATE TABLE buildset_changes (
    bsid     bigint NOT NULL REFERENCES buildsets ON DELETE CASCADE,
    changeid bigint NOT NULL REFERENCES changes ON DELETE CASCADE,
    PRIMARY KEY (bsid, changeid)
);
CREATE INDEX buildset_changes_change ON buildset_changes (changeid);

CREATE TABLE buildrequests (
    buildrequestid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    buildsetid     bigint NOT NULL REFERENCES buildsets ON DELETE CASCADE,
    builderid      bigint NOT NULL REFERENCES builders,
    priority       int NOT NULL DEFAULT 0,
    claimed        boolean NOT NULL DEFAULT false,
    claimed_at     timestamptz,
    complete       boolean NOT NULL DEFAULT false,
    complete_at    timestamptz,
    results        int NOT NULL DEFAULT -1,
    waited_for     boolean NOT NULL DEFAULT false,
    submitted_at   timestamptz NOT NULL,
    attempts       int NOT NULL DEFAULT 0,             -- builds made for it
    cancel_reason  text                                -- asked for; NULL: nobody did
) WITH (fillfactor = 80);
-- The queue of each builder, so that a long one of a builder without workers costs the others nothing:
-- priority first, then age.
CREATE INDEX buildrequests_pending_builder
    ON buildrequests (builderid, priority DESC, buildrequestid) WHERE NOT claimed AND NOT complete;
CREATE INDEX buildrequests_cancel ON buildrequests (buildrequestid)
    WHERE cancel_reason IS NOT NULL AND NOT complete;
CREATE INDEX buildrequests_buildset ON buildrequests (buildsetid);
CREATE INDEX buildrequests_builder ON buildrequests (builderid, buildrequestid);
CREATE INDEX buildrequests_submitted ON buildrequests (submitted_at);
CREATE INDEX buildrequests_open ON buildrequests (buildrequestid) WHERE NOT complete;

CREATE TABLE builds (
    buildid          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number           bigint NOT NULL,
    builderid        bigint NOT NULL REFERENCES builders,
    buildrequestid   bigint NOT NULL REFERENCES buildrequests ON DELETE CASCADE,
    workerid         bigint NOT NULL REFERENCES workers,
    masterid         bigint NOT NULL DEFAULT 1,
    config_version   bigint NOT NULL REFERENCES config_versions,
    attempt          int NOT NULL,                     -- 1 for the first build of its request
    token            text NOT NULL,                    -- of this attempt: fences its agent
    started_at       timestamptz NOT NULL,
    complete         boolean NOT NULL DEFAULT false,
    complete_at      timestamptz,
    results          int,
    state_string     text NOT NULL DEFAULT 'starting',
    locks_duration_s bigint NOT NULL DEFAULT 0,
    properties       jsonb NOT NULL DEFAULT '{}',
    seen             boolean NOT NULL DEFAULT false,   -- the agent has reported it as running
    lease_until      timestamptz,                      -- NULL once complete
    next_seq         bigint NOT NULL DEFAULT 0,        -- of the journal frame expected next
    folded           int NOT NULL DEFAULT 0,           -- result of the steps so far
    stop_reason      text,                             -- asked to stop; NULL: nobody did
    stop_at          timestamptz,
    UNIQUE (builderid, number)
) WITH (fillfactor = 70);
CREATE INDEX builds_request ON builds (buildrequestid);
CREATE INDEX builds_worker ON builds (workerid, buildid);
-- Leases that ran out are looked for among these: an index of lease_until would cost every renewal an
-- entry in every index of the table.
CREATE INDEX builds_running ON builds (workerid) WHERE NOT complete;
CREATE INDEX builds_stop ON builds (workerid) WHERE stop_reason IS NOT NULL AND NOT complete;
CREATE INDEX builds_started ON builds (started_at);
CREATE INDEX builds_complete_at ON builds (complete_at) WHERE complete;

CREATE TABLE steps (
    stepid            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    buildid           bigint NOT NULL REFERENCES builds ON DELETE CASCADE,
    number            int NOT NULL,                    -- from 0
    name              text NOT NULL,
    started_at        timestamptz,
    locks_acquired_at timestamptz,
    complete          boolean NOT NULL DEFAULT false,
    complete_at       timestamptz,
    results           int,
    state_string      text NOT NULL DEFAULT 'pending',
    urls              jsonb NOT NULL DEFAULT '[]',
    hidden            boolean NOT NULL DEFAULT false,
    UNIQUE (buildid, number)
) WITH (fillfactor = 80);

CREATE TABLE logs (
    logid     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stepid    bigint NOT NULL REFERENCES steps ON DELETE CASCADE,
    name      text NOT NULL,
    slug      text NOT NULL,
    type      text NOT NULL DEFAULT 's',               -- s, t, h, d as Buildbot's
    complete  boolean NOT NULL DEFAULT false,
    num_lines bigint NOT NULL DEFAULT 0,
    num_bytes bigint NOT NULL DEFAULT 0,               -- as the agent read them, prefixes included
    UNIQUE (stepid, slug)
) WITH (fillfactor = 80);

-- Whole lines, each ended by \n and, in a log of type s, begun by its stream's letter (o, e, h).
CREATE TABLE log_chunks (
    logid      bigint NOT NULL REFERENCES logs ON DELETE CASCADE,
    first_line bigint NOT NULL,
    line_count int NOT NULL,
    raw_bytes  int NOT NULL,
    content    bytea NOT NULL,                         -- one zstd frame
    PRIMARY KEY (logid, first_line)
);
ALTER TABLE log_chunks ALTER COLUMN content SET STORAGE EXTERNAL;  -- compressed already

-- Finished builds that no notifier has looked at yet.
CREATE TABLE notification_events (
    buildid    bigint PRIMARY KEY REFERENCES builds ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- One message to one recipient: the durable outbox, kept afterwards as the record of what was sent.
CREATE TABLE notifications (
    notificationid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    buildid        bigint NOT NULL REFERENCES builds ON DELETE CASCADE,
    notifier       text NOT NULL,
    transport      text NOT NULL,                      -- smtp, maildir
    recipient      text NOT NULL,
    subject        text NOT NULL,
    message_id     text NOT NULL,
    headers        jsonb NOT NULL DEFAULT '{}',        -- From, To, Cc: as sent
    body_text      text NOT NULL,
    body_html      text,
    state          text NOT NULL DEFAULT 'pending'
                   CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'unconfirmed')),
    attempts       int NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL DEFAULT now(),
    next_try_at    timestamptz,                        -- pending: not before; sending: given up by then
    sent_at        timestamptz,
    error          text,                               -- of the last try
    committing     boolean NOT NULL DEFAULT false,     -- the final dot may have gone out
    config_version bigint NOT NULL REFERENCES config_versions,
    UNIQUE (buildid, notifier, recipient)
);
CREATE INDEX notifications_due ON notifications (next_try_at) WHERE state IN ('pending', 'sending');

-- Browser sessions begun with the admin token.
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,                      -- sha256
    username   text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
