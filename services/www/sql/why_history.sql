-- How long the last successful builds of a builder took.  $1 builderid  $2 at most so many
-- Only its newest builds are looked at: a builder that has failed for long is not searched for ever.
SELECT (extract(epoch FROM x.complete_at - x.started_at) * 1000000)::bigint AS us
  FROM (SELECT number, started_at, complete_at, results
          FROM builds
         WHERE builderid = $1::bigint
         ORDER BY number DESC
         LIMIT 100) x
 WHERE x.results IN (0, 1) AND x.complete_at IS NOT NULL
 ORDER BY x.number DESC
 LIMIT $2::bigint;
