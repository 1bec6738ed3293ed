-- Asks for a running build to be stopped; a reason given before stays.  $1 buildid  $2 reason  $3 now
UPDATE builds SET stop_reason = $2, stop_at = $3
 WHERE buildid = $1 AND NOT complete AND stop_reason IS NULL
