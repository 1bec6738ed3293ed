-- How large a window of lines is before compression, whole chunks counted.  $1 logid  $2 first line  $3 last line
SELECT coalesce(sum(raw_bytes), 0)::bigint AS id
  FROM log_chunks
 WHERE logid = $1
   AND first_line >= coalesce((SELECT max(first_line) FROM log_chunks WHERE logid = $1 AND first_line <= $2), 0)
   AND first_line <= $3
