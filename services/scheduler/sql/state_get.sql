-- Something that a scheduler remembers.  $1 scheduler   $2 key
SELECT value FROM scheduler_state WHERE schedulerid = $1 AND key = $2;
