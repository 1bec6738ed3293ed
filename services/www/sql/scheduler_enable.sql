-- Switches a scheduler on or off.  $1 schedulerid  $2 enabled
UPDATE schedulers SET enabled = $2 WHERE schedulerid = $1
