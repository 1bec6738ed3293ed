-- The first chunk from a line on.  $1 logid  $2 line (from 0)
SELECT c.first_line, c.line_count, c.content
  FROM logs l
  JOIN log_chunks c USING (logid, day)
 WHERE l.logid = $1 AND c.first_line >= $2
 ORDER BY c.first_line
 LIMIT 1
