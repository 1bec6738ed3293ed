-- Says where the lines of a log lie from now on.  $1 logid  $2 as logs.sealed
UPDATE logs SET sealed = $2::jsonb WHERE logid = $1 AND sealed IS NULL
