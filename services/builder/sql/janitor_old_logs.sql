-- Removes the lines of logs of one builder.  $1 builderid  $2 builds that ended before  $3 at most
-- The objects of sealed ones are noted in blob_removals by a trigger.
WITH old AS (
    SELECT l.logid, l.day
      FROM builds b
      JOIN steps s USING (buildid)
      JOIN logs l USING (stepid)
     WHERE b.builderid = $1 AND b.complete AND b.complete_at < $2::timestamptz AND NOT b.pinned
           AND l.type <> 'd'
     ORDER BY b.buildid
     LIMIT $3::bigint),
gone AS (
    DELETE FROM log_chunks c USING old WHERE c.logid = old.logid AND c.day = old.day)
UPDATE logs l SET type = 'd', num_lines = 0, sealed = NULL FROM old WHERE l.logid = old.logid;
