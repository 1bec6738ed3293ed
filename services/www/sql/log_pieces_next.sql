-- The chunks from that of a line on, in the database or (key) in the store.  $1 logid  $2 line (from 0)  $3 at most
(SELECT c.first_line, c.line_count, c.content, NULL::text AS key, 0::bigint AS place, 0 AS length,
        NULL::text AS hash
   FROM log_chunks c
  WHERE c.logid = $1 AND c.day = (SELECT l.day FROM logs l WHERE l.logid = $1 AND l.sealed IS NULL)
    AND c.first_line >= coalesce((SELECT max(b.first_line) FROM log_chunks b
                                   WHERE b.logid = $1 AND b.first_line <= $2
                                     AND b.day = (SELECT l.day FROM logs l WHERE l.logid = $1)), 0)
  ORDER BY c.first_line
  LIMIT $3::bigint)
 UNION ALL
SELECT s.first_line, s.line_count, NULL, s.key, s.place, s.length, s.hash
  FROM sealed_pieces($1, $2, 9223372036854775807, $3::bigint::int) s
 ORDER BY first_line
