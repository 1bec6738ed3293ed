-- Removes the lines of a log from the database.  $1 logid
DELETE FROM log_chunks c USING logs l WHERE l.logid = $1 AND c.logid = l.logid AND c.day = l.day
