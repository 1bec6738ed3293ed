-- The chunks that hold a window of lines.  $1 logid  $2 first line  $3 last line (from 0)
-- The chunk that $2 lies in begins before it: the nearest such, by the primary key.
SELECT c.first_line, c.line_count, c.content
  FROM logs l
  JOIN log_chunks c USING (logid, day)
 WHERE l.logid = $1
   AND c.first_line >= coalesce((SELECT max(b.first_line) FROM log_chunks b
                                  WHERE b.logid = $1 AND b.day = l.day AND b.first_line <= $2), 0)
   AND c.first_line <= $3
 ORDER BY c.first_line
