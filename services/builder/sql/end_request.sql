-- Completes a request and counts its buildset down, which the last one completes: then it is put
-- before the dependent schedulers, if there are any.
-- $1 buildrequestid  $2 results  $3 when
-- The row lock makes requests that end at once count one after the other. The codes are in the order
-- of their strength but for SKIPPED (3), which alone makes SUCCESS: Buildbot's fold begins there.
WITH ended AS (
    UPDATE buildrequests
       SET complete = true, complete_at = $3::timestamptz, results = $2::bigint
     WHERE buildrequestid = $1::bigint AND NOT complete
    RETURNING *),
counted AS (
    UPDATE buildsets
       SET open_requests = open_requests - 1, folded = greatest(folded, nullif($2::bigint, 3)),
           complete = open_requests = 1,
           complete_at = CASE WHEN open_requests = 1 THEN $3::timestamptz END,
           results = CASE WHEN open_requests = 1 THEN greatest(folded, nullif($2::bigint, 3))
                          ELSE -1 END
     WHERE bsid = (SELECT buildsetid FROM ended)
    RETURNING bsid, complete, scheduler),
completed AS (
    INSERT INTO completions (bsid)
    SELECT c.bsid FROM counted c
     WHERE c.complete AND c.scheduler IS NOT NULL
           AND EXISTS (SELECT FROM schedulers s WHERE s.active AND s.type = 'dependent')
        ON CONFLICT DO NOTHING)
SELECT buildrequestid, buildsetid, builderid, priority, claimed, claimed_at,
       CASE WHEN claimed THEN 1::bigint END AS claimed_by_masterid, complete, results, submitted_at,
       complete_at, waited_for, NULL::jsonb AS properties
  FROM ended;
