-- How large a window of lines is before compression, whole chunks counted.  $1 logid  $2 first line  $3 last line
SELECT coalesce(sum(x.raw_bytes), 0)::bigint AS id
  FROM (SELECT c.raw_bytes
          FROM logs l
          JOIN log_chunks c USING (logid, day)
         WHERE l.logid = $1 AND l.sealed IS NULL
           AND c.first_line >= coalesce((SELECT max(b.first_line) FROM log_chunks b
                                          WHERE b.logid = $1 AND b.day = l.day AND b.first_line <= $2), 0)
           AND c.first_line <= $3
         UNION ALL
        SELECT s.raw_bytes
          FROM sealed_chunks s
         WHERE s.logid = $1 AND s.first_line + s.line_count > $2 AND s.first_line <= $3) x
