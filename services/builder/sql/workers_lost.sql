-- Counts a failure of agents that have lost builds.  $1 workerids  $2 now
-- One loss is no sign of a bad worker (it may have been restarted); from the second in a row on each
-- makes a quarantine, which grows from 10 s to 1 h.
WITH locked AS (
    SELECT workerid FROM workers WHERE workerid = ANY ($1::bigint[])
     ORDER BY workerid
       FOR NO KEY UPDATE)
UPDATE workers w
   SET failures = w.failures + 1,
       quarantine_until = CASE WHEN w.failures > 0 THEN $2::timestamptz
           + least(10 * 2 ^ least(w.failures - 1, 20), 3600) * interval '1 s' END
  FROM locked
 WHERE w.workerid = locked.workerid;
