-- Stores one chunk, after journal_put_logs counted its lines.  $1 buildid  $2 step number  $3 slug
-- $4 lines from its first to the last of the log  $5 lines  $6 bytes expanded  $7 zstd frame  $8 when it came
INSERT INTO log_chunks (logid, first_line, line_count, raw_bytes, content, day, at)
SELECT l.logid, l.num_lines - $4::bigint, $5::bigint, $6::bigint, $7::bytea, l.day, $8::timestamptz
  FROM steps s
  JOIN logs l USING (stepid)
 WHERE s.buildid = $1::bigint AND s.number = $2::bigint AND l.slug = $3::text;
