-- The builds that a build has triggered.  $1 buildid
SELECT tb.buildid
  FROM buildsets tbs
  JOIN buildrequests tq ON tq.buildsetid = tbs.bsid
  JOIN builds tb ON tb.buildrequestid = tq.buildrequestid
 WHERE tbs.parent_buildid = $1::bigint
