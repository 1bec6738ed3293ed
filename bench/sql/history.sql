-- SPDX-License-Identifier: Apache-2.0
-- A long history, for bench/api.  %(builds)s builds with five steps each, a change for every second one; the newest 64 builds run,
-- and 500 requests wait. %(builders)s builders and 50 workers; the rows are as the services make them.
INSERT INTO workers (name, enrolled, connected, slots, last_seen_at)
SELECT 'w' || i, true, true, 4, now() FROM generate_series(1, 50) i;

INSERT INTO sourcestamps (branch, revision, repository, project, codebase, created_at)
SELECT CASE i %% 10 WHEN 0 THEN 'topic' || i ELSE 'main' END, md5(i::text), 'https://git.example/app' || i %% 7, 'acme', '',
       now() - (%(builds)s / 2 - i) * interval '1 minute'
  FROM generate_series(1, %(builds)s / 2) i;

INSERT INTO changes (parent_changeid, ssid, author, comments, files, revision, branch, repository, project, when_timestamp, source,
                     category)
SELECT nullif(ssid - 1, 0), ssid, 'Dev ' || ssid %% 200 || ' <dev' || ssid %% 200 || '@example.org>', 'change ' || ssid,
       ARRAY['src/a.c', 'doc/' || ssid %% 50 || '.md'], revision, branch, repository, project, created_at, 'bench',
       CASE WHEN ssid %% 100 = 0 THEN 'nightly' END
  FROM sourcestamps ORDER BY ssid;

INSERT INTO buildsets (reason, scheduler, submitted_at, open_requests, complete, complete_at, results, properties)
SELECT 'scheduler', 'main', now() - (%(builds)s - i) * interval '30 seconds', CASE WHEN i <= %(builds)s - 64 THEN 0 ELSE 1 END,
       i <= %(builds)s - 64, CASE WHEN i <= %(builds)s - 64 THEN now() - (%(builds)s - i) * interval '30 seconds' END,
       CASE WHEN i > %(builds)s - 64 THEN -1 WHEN i %% 50 = 0 THEN 2 ELSE 0 END, '{"branch": ["main", "Change"]}'
  FROM generate_series(1, %(builds)s + 500) i;

INSERT INTO buildset_sourcestamps SELECT bsid, least(1 + bsid / 2, %(builds)s / 2) FROM buildsets;

INSERT INTO buildrequests (buildsetid, builderid, priority, claimed, claimed_at, complete, complete_at, results, submitted_at)
SELECT bsid, 1 + bsid %% %(builders)s, bsid %% 3, bsid <= %(builds)s, CASE WHEN bsid <= %(builds)s THEN submitted_at END, complete,
       complete_at, results, submitted_at
  FROM buildsets ORDER BY bsid;

INSERT INTO builds (number, builderid, buildrequestid, workerid, config_version, attempt, token, started_at, complete,
                    complete_at, results, state_string, line, properties)
SELECT 1 + (buildrequestid - 1) / %(builders)s, builderid, buildrequestid, 1 + buildrequestid %% 50, 1, 1, 'token', submitted_at,
       complete, complete_at, nullif(results, -1), 'build successful',
       line,
       jsonb_build_object('branch', '["main", "Change"]'::jsonb, 'got_revision', jsonb_build_array(md5(buildrequestid::text), 'Git'),
                          'owners', '[["Ada <ada@example.org>"], "Build"]'::jsonb, 'workername', '["w1", "Worker"]'::jsonb)
  FROM buildrequests JOIN buildset_sourcestamps ON bsid = buildsetid JOIN sourcestamps USING (ssid)
 WHERE claimed ORDER BY buildrequestid;

INSERT INTO steps (buildid, number, name, started_at, locks_acquired_at, complete, complete_at, results, state_string)
SELECT buildid, n, 'step ' || n, started_at, started_at, complete, complete_at, results, 'finished'
  FROM builds CROSS JOIN generate_series(0, 4) n ORDER BY buildid, n;

INSERT INTO logs (stepid, name, slug, complete, num_lines)
SELECT stepid, 'stdio', 'stdio', true, 10 FROM steps WHERE buildid > %(builds)s - 1000 ORDER BY stepid;
