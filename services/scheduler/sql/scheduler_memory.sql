-- What a scheduler remembers of its timing. A statement of its own after the lock, so that it sees
-- what the lock's former holder has written.  $1 scheduler
SELECT s.schedulerid,
       (SELECT value->>'text' FROM scheduler_state t
         WHERE t.schedulerid = s.schedulerid AND key = 'definition') AS definition,
       coalesce((SELECT (value->>'version')::bigint FROM scheduler_state t
         WHERE t.schedulerid = s.schedulerid AND key = 'definition'), 0) AS version,
       (SELECT to_timestamp((value->>'us')::bigint / 1e6) FROM scheduler_state t
         WHERE t.schedulerid = s.schedulerid AND key = 'last_build') AS last_build,
       coalesce((SELECT (value->>'only_if_changed')::boolean FROM scheduler_state t
         WHERE t.schedulerid = s.schedulerid AND key = 'last_build'), false) AS last_only_if_changed,
       EXISTS (SELECT FROM scheduler_timers t
                WHERE t.schedulerid = s.schedulerid AND timer = '') AS timed
  FROM schedulers s
 WHERE schedulerid = $1;
