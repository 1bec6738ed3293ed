-- A request, as "why" looks at it.  $1 buildrequestid
SELECT r.buildrequestid, r.builderid, d.name AS builder, r.priority, r.claimed, r.complete,
       r.submitted_at, r.claimed_at, r.complete_at, r.results, r.cancel_reason, r.collapsed_into,
       s.scheduler, s.reason, nullif(s.properties -> 'workername' ->> 0, '') AS workername,
       s.properties
  FROM buildrequests r
  JOIN buildsets s ON s.bsid = r.buildsetid
  JOIN builders d ON d.builderid = r.builderid
 WHERE r.buildrequestid = $1::bigint;
