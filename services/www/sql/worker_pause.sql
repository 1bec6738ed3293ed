-- Gives a worker no more builds, or some again.  $1 workerid  $2 paused  $3 reason, NULL for none
-- $4 who asks  $5 now
-- To let it build again ends its quarantine, too.
UPDATE workers
   SET paused = $2, pause_reason = $3,
       paused_by = CASE WHEN $2 THEN $4::text END,
       paused_at = CASE WHEN $2 THEN $5::timestamptz END,
       quarantine_until = CASE WHEN $2 THEN quarantine_until END,
       failures = CASE WHEN $2 THEN failures ELSE 0 END
 WHERE workerid = $1
