-- The artifacts of the other builds of a buildset, and of those that a build has triggered; a build
-- that was lost has had a better one since.  $1 bsid  $2 buildid
SELECT a.buildid, a.name, a.size, encode(a.sha256, 'hex') AS sha256,
       ARRAY(SELECT encode(x.sha256, 'hex')
               FROM unnest(a.chunks) WITH ORDINALITY AS x (sha256, place) ORDER BY x.place) AS chunks,
       a.mode, a.mtime
  FROM artifacts a
  JOIN builds b USING (buildid)
  JOIN buildrequests r USING (buildrequestid)
  JOIN buildsets s ON s.bsid = r.buildsetid
 WHERE (r.buildsetid = $1::bigint OR s.parent_buildid = $2::bigint) AND b.results IS DISTINCT FROM 5
 ORDER BY a.name, a.buildid;
