-- Makes the build in which a request ends that has no worker.  $1 buildrequestid  $2 now
-- $3 configuration version
WITH request AS (
    SELECT r.buildrequestid, r.builderid, r.attempts, s.properties, d.name
      FROM buildrequests r
      JOIN buildsets s ON s.bsid = r.buildsetid
      JOIN builders d ON d.builderid = r.builderid
     WHERE r.buildrequestid = $1::bigint),
numbered AS (
    UPDATE builders SET last_number = last_number + 1
     WHERE builderid = (SELECT builderid FROM request)
    RETURNING last_number)
INSERT INTO builds (buildrequestid, builderid, number, attempt, token, properties, config_version,
                    started_at, next_seq)
SELECT q.buildrequestid, q.builderid, n.last_number, q.attempts, '',
       q.properties || jsonb_build_object(
           'buildername', jsonb_build_array(q.name, 'Builder'),
           'builderid', jsonb_build_array(q.builderid, 'Builder'),
           'buildnumber', jsonb_build_array(n.last_number, 'Build')),
       $3::bigint, $2::timestamptz, 0
  FROM request q, numbered n
RETURNING buildid, number, builderid, buildrequestid, workerid, masterid, started_at, complete_at,
          locks_duration_s, complete, state_string, results, '{}'::jsonb AS properties, attempt,
          environment, pinned;
