-- Leaves word of workers that are missing for too long, once until they are back.
-- Lists of one length: $1 names  $2 how long, microseconds; for all: $3 now
WITH held AS (
    SELECT w.workerid
      FROM unnest($1::text[], $2::bigint[]) AS x (name, us)
      JOIN workers w USING (name)
     WHERE w.active AND NOT w.connected AND NOT w.graceful AND NOT w.missing_told
           AND w.missing_since + x.us * interval '1 us' <= $3::timestamptz
     ORDER BY w.workerid
       FOR NO KEY UPDATE OF w),
late AS (
    UPDATE workers w
       SET missing_told = true
      FROM held
     WHERE w.workerid = held.workerid
    RETURNING w.workerid, w.last_seen_at)
INSERT INTO worker_missing_events (workerid, last_connection, created_at)
SELECT workerid, last_seen_at, $3::timestamptz FROM late
    ON CONFLICT (workerid) DO NOTHING
RETURNING workerid;
