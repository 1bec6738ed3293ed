-- As many chunks of a log as one object may hold, but at least one.  $1 logid  $2 from this line on  $3 bytes
-- octet_length() needs no look at the content, which is stored as it is.
SELECT c.first_line, c.line_count, c.raw_bytes, c.content, (extract(epoch FROM c.at) * 1000)::bigint AS at
  FROM logs l
  JOIN LATERAL (SELECT k.*, sum(octet_length(k.content)) OVER (ORDER BY k.first_line)
                            - octet_length(k.content) AS before
                  FROM log_chunks k
                 WHERE k.logid = l.logid AND k.day = l.day AND k.first_line >= $2) c
    ON c.before + octet_length(c.content) <= $3 OR c.before = 0
 WHERE l.logid = $1
 ORDER BY c.first_line
