-- Opens a request again whose build was lost.  $1 buildrequestid
UPDATE buildrequests
   SET claimed = false, claimed_at = NULL
 WHERE buildrequestid = $1::bigint AND NOT complete
RETURNING buildrequestid, buildsetid, builderid, priority, claimed, claimed_at,
          NULL::bigint AS claimed_by_masterid, complete, results, submitted_at, complete_at,
          waited_for, NULL::jsonb AS properties;
