-- Stores what a trigger step asks for, once.  $1 buildid  $2 step  $3 request (object)  $4 now
-- FOR SHARE waits for a transaction that ends the build, which then has no trigger any more.
INSERT INTO triggers (buildid, step, request, created_at)
SELECT b.buildid, $2::bigint, $3::jsonb, $4::timestamptz
  FROM builds b
 WHERE b.buildid = $1::bigint AND NOT b.complete
   FOR SHARE
    ON CONFLICT (buildid, step) DO NOTHING;
