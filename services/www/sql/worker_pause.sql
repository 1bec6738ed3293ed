-- Gives a worker no more builds, or some again.  $1 workerid  $2 paused  $3 reason, NULL for none
UPDATE workers SET paused = $2, pause_reason = $3 WHERE workerid = $1
