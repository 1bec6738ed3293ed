-- The builds that take slots of these workers, oldest first.  $1 workerids  $2 at most so many
SELECT b.workerid, d.name || '/' || b.number AS name, b.started_at
  FROM (SELECT x.workerid, x.builderid, x.number, x.started_at
          FROM builds x
         WHERE x.workerid = ANY ($1::bigint[]) AND NOT x.complete AND NOT x.waiting
         ORDER BY x.started_at
         LIMIT $2::bigint) b
  JOIN builders d USING (builderid)
 ORDER BY b.started_at, b.number;
