-- Workers that were missing and are there again.
WITH held AS (
    SELECT workerid FROM workers WHERE connected AND missing_since IS NOT NULL
     ORDER BY workerid
       FOR NO KEY UPDATE)
UPDATE workers w
   SET missing_since = NULL, missing_told = false
  FROM held
 WHERE w.workerid = held.workerid;
