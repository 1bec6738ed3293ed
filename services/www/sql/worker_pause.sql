-- Gives a worker no more builds, or some again.  $1 workerid  $2 paused  $3 reason, NULL for none
-- To let it build again ends its quarantine, too.
UPDATE workers
   SET paused = $2, pause_reason = $3,
       quarantine_until = CASE WHEN $2 THEN quarantine_until END,
       failures = CASE WHEN $2 THEN failures ELSE 0 END
 WHERE workerid = $1
