-- The next chunks from a line on, in the database or (key) in the store.  $1 logid  $2 line (from 0)
(SELECT c.first_line, c.line_count, c.content, NULL::text AS key, 0::bigint AS place, 0 AS length,
        NULL::text AS hash
   FROM logs l
   JOIN log_chunks c USING (logid, day)
  WHERE l.logid = $1 AND l.sealed IS NULL AND c.first_line >= $2
  ORDER BY c.first_line
  LIMIT 4)
 UNION ALL
(SELECT s.first_line, s.line_count, NULL, s.key, s.place, s.length, s.hash
   FROM sealed_chunks s
  WHERE s.logid = $1 AND s.first_line >= $2
  ORDER BY s.first_line
  LIMIT 16)
 ORDER BY first_line
