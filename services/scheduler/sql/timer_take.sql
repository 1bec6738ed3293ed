-- Takes the timer that is due longest; it is gone with the transaction.  $1 now
DELETE FROM scheduler_timers
 WHERE (schedulerid, timer) = (SELECT schedulerid, timer FROM scheduler_timers WHERE due_at <= $1
                                ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING schedulerid, timer, due_at,
          (SELECT name FROM schedulers s WHERE s.schedulerid = scheduler_timers.schedulerid),
          (SELECT s.enabled AND s.active FROM schedulers s
            WHERE s.schedulerid = scheduler_timers.schedulerid) AS enabled,
          (SELECT coalesce(max(version), 0) FROM config_current) AS version;
