-- Moves the logs of pinned and unfinished builds out of days that are about to go.  $1 end of those days
WITH kept AS (
    SELECT l.logid, l.day
      FROM logs l
      JOIN steps s USING (stepid)
      JOIN builds b USING (buildid)
     WHERE l.day < $1::timestamptz::date AND l.sealed IS NULL AND (b.pinned OR NOT b.complete)),
copied AS (
    INSERT INTO log_chunks (logid, first_line, line_count, raw_bytes, content, day)
    SELECT c.logid, c.first_line, c.line_count, c.raw_bytes, c.content, current_date
      FROM kept JOIN log_chunks c USING (logid, day))
UPDATE logs l SET day = current_date FROM kept WHERE l.logid = kept.logid;
