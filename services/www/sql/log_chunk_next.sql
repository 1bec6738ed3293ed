-- The first chunk from a line on.  $1 logid  $2 line (from 0)
SELECT first_line, line_count, content
  FROM log_chunks
 WHERE logid = $1 AND first_line >= $2
 ORDER BY first_line
 LIMIT 1
