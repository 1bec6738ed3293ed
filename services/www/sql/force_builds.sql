-- The newest finished builds of some builders, newest first.  $1 names   $2 of each at most
SELECT f.name AS builder, b.number
  FROM (SELECT builderid, name FROM builders WHERE name = ANY ($1::text[])) f
 CROSS JOIN LATERAL (SELECT number FROM builds b
                      WHERE b.builderid = f.builderid AND b.complete
                      ORDER BY number DESC LIMIT $2) b
 ORDER BY f.name, b.number DESC
