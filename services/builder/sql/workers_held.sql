-- Workers that are to get no builds.  $1 now
SELECT workerid, paused OR coalesce(quarantine_until > $1::timestamptz, false) AS paused, graceful
  FROM workers
 WHERE paused OR graceful OR quarantine_until > $1::timestamptz;
