-- Moves a timer that is running; an unimportant change restarts it but starts none.
--   $1 scheduler   $2 timer key   $3 when
UPDATE scheduler_timers SET due_at = $3 WHERE schedulerid = $1 AND timer = $2;
