-- Locks the pieces of an artifact, and keeps them from the sweep.  $1 sha256s in hex  $2 now
-- In order, so that two artifacts with the same pieces don't wait for each other. The change of
-- the rows is what a sweep that has chosen them notices.
WITH held AS (
    SELECT sha256, size
      FROM artifact_chunks
     WHERE sha256 IN (SELECT decode(x, 'hex') FROM unnest($1::text[]) AS x)
     ORDER BY sha256
       FOR UPDATE),
touched AS (
    UPDATE artifact_chunks c SET touched_at = $2::timestamptz FROM held h WHERE c.sha256 = h.sha256)
SELECT encode(sha256, 'hex') AS sha256, size FROM held;
