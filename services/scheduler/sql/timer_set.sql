-- Starts or moves a timer.  $1 scheduler   $2 timer key   $3 when
INSERT INTO scheduler_timers (schedulerid, timer, due_at) VALUES ($1, $2, $3)
ON CONFLICT (schedulerid, timer) DO UPDATE SET due_at = excluded.due_at;
