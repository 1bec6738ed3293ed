-- Builders in force with what they do now and what came of their last build that is complete.
-- $1 ids of builders that are left out
SELECT bd.builderid, bd.name, coalesce(NOT newest.complete, false) AS building,
       last.results::bigint AS results, last.number, coalesce(last.complete_at, 'epoch') AS complete_at
  FROM builders bd
  LEFT JOIN LATERAL (SELECT b.complete FROM builds b WHERE b.builderid = bd.builderid
                      ORDER BY b.number DESC LIMIT 1) newest ON true
  LEFT JOIN LATERAL (SELECT b.results, b.number, b.complete_at FROM builds b
                      WHERE b.builderid = bd.builderid AND b.complete
                      ORDER BY b.number DESC LIMIT 1) last ON true
 WHERE bd.active AND NOT bd.builderid = ANY ($1::bigint[])
 ORDER BY bd.name
