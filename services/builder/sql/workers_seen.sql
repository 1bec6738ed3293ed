-- Notes when agents were last heard.  $1 workerids  $2 their sessions  $3 now
-- A row that is missing in the answer: another session has replaced that one.
WITH seen AS (
    SELECT w.workerid, w.connected
      FROM workers w
      JOIN unnest($1::bigint[], $2::bigint[]) AS x (workerid, session)
        ON w.workerid = x.workerid AND w.session = x.session
     ORDER BY w.workerid
       FOR NO KEY UPDATE OF w)
UPDATE workers w
   SET last_seen_at = $3::timestamptz, connected = true
  FROM seen
 WHERE w.workerid = seen.workerid
RETURNING w.workerid, NOT seen.connected AS returned;
