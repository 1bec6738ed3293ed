-- The end of a log, newest chunk first, in the database or (key) in the store.
-- $1 log   $2 first line wanted   $3 bytes enough
-- Chunks hold whole lines: the one with the line wanted is the last that begins at or before it.
SELECT first_line, line_count, content, key, place, length, hash
  FROM (SELECT x.*, sum(x.raw_bytes) OVER (ORDER BY x.first_line DESC) - x.raw_bytes AS bytes_behind
          FROM (SELECT k.first_line, k.line_count, k.raw_bytes, k.content, NULL::text AS key,
                       0::bigint AS place, 0 AS length, NULL::text AS hash
                  FROM logs l
                  JOIN log_chunks k USING (logid, day)
                 WHERE l.logid = $1 AND l.sealed IS NULL
                   AND k.first_line >= coalesce((SELECT max(b.first_line) FROM log_chunks b
                                                  WHERE b.logid = $1 AND b.day = l.day
                                                    AND b.first_line <= $2), 0)
                 UNION ALL
                SELECT s.first_line, s.line_count, s.raw_bytes, NULL, s.key, s.place, s.length, s.hash
                  FROM sealed_chunks s
                 WHERE s.logid = $1 AND s.first_line + s.line_count > $2) x) c
 WHERE bytes_behind < $3
 ORDER BY first_line DESC;
