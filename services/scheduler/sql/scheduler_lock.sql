-- Locks a scheduler's row against other replicas' sync, and reads what it remembers of its timing.
--   $1 scheduler
SELECT s.schedulerid,
       (SELECT value->>'text' FROM scheduler_state t
         WHERE t.schedulerid = s.schedulerid AND key = 'definition') AS definition,
       coalesce((SELECT (value->>'version')::bigint FROM scheduler_state t
         WHERE t.schedulerid = s.schedulerid AND key = 'definition'), 0) AS version,
       (SELECT to_timestamp((value->>'us')::bigint / 1e6) FROM scheduler_state t
         WHERE t.schedulerid = s.schedulerid AND key = 'last_build') AS last_build,
       EXISTS (SELECT FROM scheduler_timers t
                WHERE t.schedulerid = s.schedulerid AND timer = '') AS timed
  FROM schedulers s
 WHERE schedulerid = $1
   FOR UPDATE OF s;
