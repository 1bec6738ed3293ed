-- The build that a call of its agent is about.  $1 buildid
SELECT b.buildid, b.number, b.workerid, b.builderid, b.config_version, w.session, r.buildsetid,
       s.parent_buildid, b.token, d.name AS builder, w.name AS worker, b.complete
  FROM builds b
  JOIN workers w USING (workerid)
  JOIN buildrequests r USING (buildrequestid)
  JOIN builders d ON d.builderid = r.builderid
  JOIN buildsets s ON s.bsid = r.buildsetid
 WHERE b.buildid = $1::bigint;
