-- The chunks up to that of a line, in the database or (key) in the store.  $1 logid  $2 line (from 0)  $3 at most
(SELECT c.first_line, c.line_count, c.content, NULL::text AS key, 0::bigint AS place, 0 AS length,
        NULL::text AS hash
   FROM log_chunks c
  WHERE c.logid = $1 AND c.day = (SELECT l.day FROM logs l WHERE l.logid = $1 AND l.sealed IS NULL)
    AND c.first_line <= $2
  ORDER BY c.first_line DESC
  LIMIT $3::bigint)
 UNION ALL
SELECT s.first_line, s.line_count, NULL, s.key, s.place, s.length, s.hash
  FROM sealed_pieces($1, 0, $2, $3::bigint::int, true) s
 ORDER BY first_line
