-- Completes a request and counts its buildset down.  $1 buildrequestid  $2 results  $3 when
WITH ended AS (
    UPDATE buildrequests
       SET complete = true, complete_at = $3::timestamptz, results = $2::bigint
     WHERE buildrequestid = $1::bigint AND NOT complete
    RETURNING *),
counted AS (
    UPDATE buildsets SET open_requests = open_requests - 1
     WHERE bsid = (SELECT buildsetid FROM ended))
SELECT buildrequestid, buildsetid, builderid, priority, claimed, claimed_at,
       CASE WHEN claimed THEN 1::bigint END AS claimed_by_masterid, complete, results, submitted_at,
       complete_at, waited_for, NULL::jsonb AS properties
  FROM ended;
