-- Timer keys of a scheduler that keeps important changes but has no timer: it was disabled when
-- the timer fired, or has got its tree_stable_timer since.  $1 scheduler
SELECT DISTINCT timer FROM scheduler_changes c
 WHERE schedulerid = $1 AND important
   AND NOT EXISTS (SELECT FROM scheduler_timers t
                    WHERE t.schedulerid = c.schedulerid AND t.timer = c.timer);
