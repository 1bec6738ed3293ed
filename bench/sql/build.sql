-- The oldest request of the client's builder is claimed, built by one step and completed, as the
-- service builder does it for one build at a time, in a configuration without notifiers.
\set builderid :client_id + 1
BEGIN;
SELECT buildrequestid, buildsetid FROM buildrequests
 WHERE builderid = :builderid AND NOT claimed AND NOT complete
 ORDER BY priority DESC, buildrequestid LIMIT 1 FOR UPDATE SKIP LOCKED \gset
UPDATE buildrequests SET claimed = true, claimed_at = now(), attempts = attempts + 1
 WHERE buildrequestid = :buildrequestid;
UPDATE builders SET last_number = last_number + 1 WHERE builderid = :builderid RETURNING last_number \gset
INSERT INTO builds (number, builderid, buildrequestid, workerid, config_version, attempt, token, started_at,
                    lease_until, line, properties)
VALUES (:last_number, :builderid, :buildrequestid, :builderid, 1, 1, md5(:buildrequestid::text), now(),
        now() + interval '60 s',
        (SELECT line FROM sourcestamps WHERE ssid = :ssid),
        '{"branch": ["main", "Build"], "scheduler": ["main", "Scheduler"]}')
RETURNING buildid \gset
COMMIT;
BEGIN;
INSERT INTO steps (buildid, number, name, started_at, locks_acquired_at, state_string)
VALUES (:buildid, 0, 'step', now(), now(), 'running') RETURNING stepid \gset
INSERT INTO logs (stepid, name, slug) VALUES (:stepid, 'stdio', 'stdio') RETURNING logid, day \gset
INSERT INTO log_chunks (logid, first_line, line_count, raw_bytes, content, day)
VALUES (:logid, 0, 3, 100, '\x28b52ffd2064210300680a612073746570', :day);
UPDATE logs SET complete = true, num_lines = 3, num_bytes = 100 WHERE logid = :logid;
UPDATE steps SET complete = true, complete_at = now(), results = 0, state_string = 'finished'
 WHERE stepid = :stepid;
UPDATE builds SET complete = true, complete_at = now(), results = 0, state_string = 'build successful',
                  lease_until = NULL, next_seq = 4
 WHERE buildid = :buildid;
UPDATE buildrequests SET complete = true, complete_at = now(), results = 0 WHERE buildrequestid = :buildrequestid;
UPDATE buildsets SET open_requests = open_requests - 1, complete = true, complete_at = now(), results = 0
 WHERE bsid = :buildsetid;
COMMIT;
