-- Locks a scheduler's row against other replicas' sync and fires. NO KEY: changes and timers may go
-- on being kept for it.  $1 scheduler
SELECT FROM schedulers WHERE schedulerid = $1 FOR NO KEY UPDATE;
