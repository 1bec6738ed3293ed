-- How large a window of lines is before compression, whole chunks counted.  $1 logid  $2 first line  $3 last line
SELECT coalesce(sum(c.raw_bytes), 0)::bigint AS id
  FROM logs l
  JOIN log_chunks c USING (logid, day)
 WHERE l.logid = $1
   AND c.first_line >= coalesce((SELECT max(b.first_line) FROM log_chunks b
                                  WHERE b.logid = $1 AND b.day = l.day AND b.first_line <= $2), 0)
   AND c.first_line <= $3
