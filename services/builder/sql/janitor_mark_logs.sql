-- Logs whose lines go with a partition: type d, as Buildbot's janitor leaves them.  $1 end of its days
UPDATE logs SET type = 'd', num_lines = 0
 WHERE day < $1::timestamptz::date AND type <> 'd' AND sealed IS NULL;
