-- One transaction at a time looks for circles of waits.  $1 key
-- What it has put in line is committed before the next one looks, so the one who closes a circle
-- finds it.
SELECT pg_advisory_xact_lock($1::bigint);
