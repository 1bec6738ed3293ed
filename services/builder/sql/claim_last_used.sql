-- Which workers built each builder last: those of its newest builds, newest first.  $1 builderids
SELECT b.builderid, n.workerid
  FROM unnest($1::bigint[]) AS b (builderid)
 CROSS JOIN LATERAL (
       SELECT x.workerid, x.number FROM builds x
        WHERE x.builderid = b.builderid AND x.workerid IS NOT NULL
        ORDER BY x.number DESC
        LIMIT 5) n
 ORDER BY b.builderid, n.number DESC;
