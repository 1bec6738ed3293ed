-- Timers of schedulers that left the configuration: nothing of theirs may fire.
DELETE FROM scheduler_timers t USING schedulers s
 WHERE s.schedulerid = t.schedulerid AND NOT s.active;
