-- When the chunks of a window of lines came.  $1 logid  $2 first line  $3 last line (from 0)  $4 at most
(SELECT c.first_line AS firstline, (extract(epoch FROM c.at) * 1000)::bigint AS ms
   FROM log_chunks c
  WHERE c.logid = $1 AND c.day = (SELECT l.day FROM logs l WHERE l.logid = $1 AND l.sealed IS NULL)
    AND c.first_line >= coalesce((SELECT max(b.first_line) FROM log_chunks b
                                   WHERE b.logid = $1 AND b.first_line <= $2
                                     AND b.day = (SELECT l.day FROM logs l WHERE l.logid = $1)), 0)
    AND c.first_line <= $3
  ORDER BY c.first_line
  LIMIT $4::bigint)
 UNION ALL
SELECT s.first_line, (extract(epoch FROM s.at) * 1000)::bigint
  FROM sealed_pieces($1, $2, $3, $4::bigint::int) s
 ORDER BY firstline
