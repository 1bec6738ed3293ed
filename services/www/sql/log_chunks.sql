-- The chunks that hold a window of lines, in the database or (key) in the store.
-- $1 logid  $2 first line  $3 last line (from 0)
-- The chunk that $2 lies in begins before it: the nearest such, by the primary key.
SELECT c.first_line, c.line_count, c.content, NULL::text AS key, 0::bigint AS place, 0 AS length,
       NULL::text AS hash
  FROM logs l
  JOIN log_chunks c USING (logid, day)
 WHERE l.logid = $1 AND l.sealed IS NULL
   AND c.first_line >= coalesce((SELECT max(b.first_line) FROM log_chunks b
                                  WHERE b.logid = $1 AND b.day = l.day AND b.first_line <= $2), 0)
   AND c.first_line <= $3
 UNION ALL
SELECT s.first_line, s.line_count, NULL, s.key, s.place, s.length, s.hash
  FROM sealed_chunks s
 WHERE s.logid = $1 AND s.first_line + s.line_count > $2 AND s.first_line <= $3
 ORDER BY first_line
