-- The builders of requests.  $1 buildrequestids
SELECT r.buildrequestid, d.name AS builder
  FROM buildrequests r
  JOIN builders d USING (builderid)
 WHERE r.buildrequestid = ANY ($1::bigint[]);
