-- Takes word of a worker that is missing, and what is known of it.
WITH taken AS (
    DELETE FROM worker_missing_events
     WHERE workerid = (SELECT workerid FROM worker_missing_events
                        ORDER BY workerid LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING workerid, last_connection)
SELECT t.workerid, w.name, t.last_connection, w.info
  FROM taken t JOIN workers w USING (workerid);
