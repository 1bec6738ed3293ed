-- Makes the rows that stand for locks, before they are held.  Lists of one length: $1 names
-- $2 workerids (0: not per worker)
-- In the order in which they are held, so that no two replicas wait for each other.
INSERT INTO locks (name, workerid)
SELECT DISTINCT x.name, x.workerid
  FROM unnest($1::text[], $2::bigint[]) AS x (name, workerid)
 ORDER BY x.name, x.workerid
    ON CONFLICT DO NOTHING;
