-- The next log to seal, locked: of a build that is over.  $1 after this logid  $2 builds that ended before
-- SKIP LOCKED: other replicas seal other logs meanwhile.
SELECT l.logid, to_char(l.day, 'YYYY-MM-DD') AS day
  FROM logs l
  JOIN steps s USING (stepid)
  JOIN builds b USING (buildid)
 WHERE l.sealed IS NULL AND l.type <> 'd' AND l.logid > $1
       AND l.complete AND b.complete AND b.complete_at < $2::timestamptz
 ORDER BY l.logid
 LIMIT 1
   FOR UPDATE OF l SKIP LOCKED
