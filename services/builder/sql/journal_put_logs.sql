-- Adds lines to logs, which are made where they are new.  $1 buildid; lists of one length:
-- $2 step numbers  $3 names  $4 slugs  $5 lines and $6 bytes added  $7 whether they end with it (0, 1)
-- $8 whether the rest was dropped (0, 1)
-- A log that its step's end completed is open again when a background service goes on writing it.
INSERT INTO logs (stepid, name, slug, num_lines, num_bytes, complete, truncated)
SELECT s.stepid, x.name, x.slug, x.lines, x.bytes, x.over = 1, x.truncated = 1
  FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
              $8::bigint[])
       AS x (number, name, slug, lines, bytes, over, truncated)
  JOIN steps s ON s.buildid = $1::bigint AND s.number = x.number
    ON CONFLICT (stepid, slug) DO UPDATE
   SET num_lines = logs.num_lines + excluded.num_lines,
       num_bytes = logs.num_bytes + excluded.num_bytes,
       complete = excluded.complete,
       truncated = logs.truncated OR excluded.truncated
RETURNING logid, name, slug, stepid, complete, num_lines, type;
