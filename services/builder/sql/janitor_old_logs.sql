-- Removes the lines of logs of one builder.  $1 builderid  $2 builds that ended before  $3 at most
WITH old AS (
    SELECT l.logid, l.day
      FROM builds b
      JOIN steps s USING (buildid)
      JOIN logs l USING (stepid)
     WHERE b.builderid = $1 AND b.complete AND b.complete_at < $2::timestamptz AND NOT b.pinned
           AND l.type <> 'd' AND l.sealed IS NULL
     ORDER BY b.buildid
     LIMIT $3::bigint),
gone AS (
    DELETE FROM log_chunks c USING old WHERE c.logid = old.logid AND c.day = old.day)
UPDATE logs l SET type = 'd', num_lines = 0 FROM old WHERE l.logid = old.logid;
