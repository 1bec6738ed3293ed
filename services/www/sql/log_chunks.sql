-- The chunks that hold a window of lines.  $1 logid  $2 first line  $3 last line (from 0)
-- The chunk that $2 lies in begins before it: the nearest such, by the primary key.
SELECT first_line, line_count, content
  FROM log_chunks
 WHERE logid = $1
   AND first_line >= coalesce((SELECT max(first_line) FROM log_chunks WHERE logid = $1 AND first_line <= $2), 0)
   AND first_line <= $3
 ORDER BY first_line
