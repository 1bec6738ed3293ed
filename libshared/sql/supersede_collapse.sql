-- Completes unclaimed requests as SKIPPED and counts their buildsets down.
-- Lists of one length: $1 requests  $2 what took their places  $3 now (one)
-- A request that somebody else holds is being claimed: it is left alone.
WITH free AS (
    SELECT q.buildrequestid, x.winner
      FROM unnest($1::bigint[], $2::bigint[]) AS x (buildrequestid, winner)
      JOIN buildrequests q USING (buildrequestid)
     WHERE NOT q.claimed AND NOT q.complete AND q.cancel_reason IS NULL
     ORDER BY q.buildrequestid
       FOR UPDATE OF q SKIP LOCKED),
ended AS (
    UPDATE buildrequests r
       SET complete = true, complete_at = $3::timestamptz, results = 3, collapsed_into = free.winner
      FROM free
     WHERE r.buildrequestid = free.buildrequestid
    RETURNING r.*),
counted AS (
    UPDATE buildsets s
       SET open_requests = s.open_requests - x.n, complete = s.open_requests = x.n,
           complete_at = CASE WHEN s.open_requests = x.n THEN $3::timestamptz END,
           results = CASE WHEN s.open_requests = x.n THEN s.folded ELSE -1 END
      FROM (SELECT buildsetid, count(*) AS n FROM ended GROUP BY buildsetid) x
     WHERE s.bsid = x.buildsetid)
SELECT buildrequestid, buildsetid, builderid, priority, claimed, claimed_at,
       NULL::bigint AS claimed_by_masterid, complete, results, submitted_at, complete_at,
       waited_for, NULL::jsonb AS properties
  FROM ended
 ORDER BY buildrequestid;
