-- Something that a scheduler remembers, which it then forgets.  $1 scheduler   $2 key
DELETE FROM scheduler_state WHERE schedulerid = $1 AND key = $2
RETURNING value;
