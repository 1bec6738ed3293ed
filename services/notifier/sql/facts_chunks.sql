-- The end of a log, newest chunk first.  $1 log   $2 first line wanted   $3 bytes enough
-- Chunks hold whole lines: the one with the line wanted is the last that begins at or before it.
SELECT content
  FROM (SELECT k.content, k.first_line,
               sum(k.raw_bytes) OVER (ORDER BY k.first_line DESC) - k.raw_bytes AS bytes_behind
          FROM logs l
          JOIN log_chunks k USING (logid, day)
         WHERE l.logid = $1
           AND k.first_line >= coalesce((SELECT max(b.first_line) FROM log_chunks b
                                          WHERE b.logid = $1 AND b.day = l.day
                                            AND b.first_line <= $2), 0)) c
 WHERE bytes_behind < $3
 ORDER BY first_line DESC;
