-- From when on workers are missing that should be there.  $1 names  $2 now
WITH held AS (
    SELECT workerid FROM workers
     WHERE name = ANY ($1::text[]) AND active AND NOT connected AND NOT graceful
           AND missing_since IS NULL
     ORDER BY workerid
       FOR NO KEY UPDATE)
UPDATE workers w
   SET missing_since = $2::timestamptz
  FROM held
 WHERE w.workerid = held.workerid;
