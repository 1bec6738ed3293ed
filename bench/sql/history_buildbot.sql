-- SPDX-License-Identifier: Apache-2.0
-- The history of history.sql in Buildbot 4.3's tables: %(builds)s builds of %(builders)s builders with five steps each.
INSERT INTO builders (name, name_hash) SELECT 'b' || i, 'hash' || i FROM generate_series(2, %(builders)s) i;
INSERT INTO workers (name, info) SELECT 'v' || i, '{}' FROM generate_series(2, 50) i;

INSERT INTO sourcestamps (ss_hash, branch, revision, repository, project, codebase, created_at)
SELECT 'hash' || i, 'main', md5(i::text), 'https://git.example/app' || i %% 7, 'acme', '',
       extract(epoch FROM now())::int - (%(builds)s / 2 - i) * 60
  FROM generate_series(1, %(builds)s / 2) i;
INSERT INTO changes (author, comments, branch, revision, when_timestamp, repository, project, sourcestampid, parent_changeids)
SELECT 'Dev ' || id %% 200 || ' <dev' || id %% 200 || '@example.org>', 'change ' || id, branch, revision, created_at, repository,
       project, id, nullif(id - 1, 0) FROM sourcestamps ORDER BY id;
INSERT INTO change_files SELECT changeid, 'src/a.c' FROM changes;

INSERT INTO buildsets (reason, submitted_at, complete, complete_at, results)
SELECT 'scheduler', extract(epoch FROM now())::int - (%(builds)s - i) * 30, (i <= %(builds)s - 64)::int,
       CASE WHEN i <= %(builds)s - 64 THEN extract(epoch FROM now())::int - (%(builds)s - i) * 30 END,
       CASE WHEN i > %(builds)s - 64 THEN -1 WHEN i %% 50 = 0 THEN 2 ELSE 0 END
  FROM generate_series(1, %(builds)s + 500) i;
INSERT INTO buildset_sourcestamps (buildsetid, sourcestampid) SELECT id, least(1 + id / 2, %(builds)s / 2) FROM buildsets;
INSERT INTO buildrequests (buildsetid, builderid, priority, complete, complete_at, results, submitted_at)
SELECT id, 1 + id %% %(builders)s, id %% 3, complete, complete_at, results, submitted_at FROM buildsets ORDER BY id;
INSERT INTO buildrequest_claims SELECT id, 1, submitted_at FROM buildrequests WHERE id <= %(builds)s;

INSERT INTO builds (number, builderid, buildrequestid, workerid, masterid, started_at, complete_at, locks_duration_s, state_string,
                    results)
SELECT 1 + (id - 1) / %(builders)s, builderid, id, 1 + id %% 50, 1, submitted_at, complete_at, 0, 'build successful',
       nullif(results, -1) FROM buildrequests WHERE id <= %(builds)s ORDER BY id;
INSERT INTO build_properties (buildid, name, value, source)
SELECT id, name, value, 'Build' FROM builds
 CROSS JOIN (VALUES ('branch', '"main"'), ('got_revision', '"abc"'), ('owners', '["Ada"]'), ('workername', '"w1"')) p(name, value);
INSERT INTO steps (buildid, number, name, started_at, locks_acquired_at, complete_at, results, state_string, urls_json)
SELECT id, n, 'step ' || n, started_at, started_at, complete_at, results, 'finished', '[]'
  FROM builds CROSS JOIN generate_series(0, 4) n ORDER BY id, n;
