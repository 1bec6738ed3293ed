-- How large a window of lines is before compression, whole chunks counted.  $1 logid  $2 first line  $3 last line
SELECT coalesce(sum(x.raw_bytes), 0)::bigint AS id
  FROM (SELECT c.raw_bytes
          FROM log_chunks c
         WHERE c.logid = $1 AND c.day = (SELECT l.day FROM logs l WHERE l.logid = $1 AND l.sealed IS NULL)
           AND c.first_line >= coalesce((SELECT max(b.first_line) FROM log_chunks b
                                          WHERE b.logid = $1 AND b.first_line <= $2
                                            AND b.day = (SELECT l.day FROM logs l WHERE l.logid = $1)), 0)
           AND c.first_line <= $3
         UNION ALL
        SELECT s.raw_bytes
          FROM sealed_pieces($1, $2, $3, 2147483647) s) x
