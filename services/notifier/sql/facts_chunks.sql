-- The end of a log, newest chunk first.  $1 log   $2 first line wanted   $3 bytes enough
-- Chunks hold whole lines: the one with the line wanted is the last that begins at or before it.
SELECT content
  FROM (SELECT content, first_line,
               sum(raw_bytes) OVER (ORDER BY first_line DESC) - raw_bytes AS bytes_behind
          FROM log_chunks
         WHERE logid = $1
           AND first_line >= coalesce((SELECT max(first_line) FROM log_chunks
                                        WHERE logid = $1 AND first_line <= $2), 0)) c
 WHERE bytes_behind < $3
 ORDER BY first_line DESC;
