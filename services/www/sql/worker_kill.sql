-- Ends a worker's builds at once, whatever its agent does, and its agent when it hears of it.
-- $1 workerid
UPDATE workers SET killed = true, graceful = true WHERE workerid = $1
