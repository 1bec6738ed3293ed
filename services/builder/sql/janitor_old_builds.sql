-- Removes builds of one builder with all that is theirs.  $1 builderid  $2 those that ended before, or NULL
-- $3 how many of the newest stay in any case  $4 how many stay at most, or 0  $5 at most so many now
-- A build that another one rebuilt, triggered or waits for goes like any other: its ids stay where they are named.
WITH numbered AS (
    SELECT b.buildid, b.complete_at, row_number() OVER (ORDER BY b.number DESC) AS age
      FROM builds b
     WHERE b.builderid = $1 AND b.complete AND NOT b.pinned),
old AS (
    SELECT n.buildid
      FROM numbered n
     WHERE n.age > $3::bigint AND (n.complete_at < $2::timestamptz OR ($4::bigint > 0 AND n.age > $4))
     ORDER BY n.buildid
     LIMIT $5::bigint),
lines AS (
    DELETE FROM log_chunks c
     USING old, steps s, logs l
     WHERE s.buildid = old.buildid AND l.stepid = s.stepid AND c.logid = l.logid AND c.day = l.day)
DELETE FROM builds b USING old WHERE b.buildid = old.buildid;
