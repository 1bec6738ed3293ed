-- What a build was asked for by, to ask the same again.  $1 buildid
SELECT bs.bsid, bs.external_idstring, bs.rebuilt_buildid, bs.parent_buildid, bs.parent_relationship,
       bs.properties, q.priority
  FROM builds b
  JOIN buildrequests q USING (buildrequestid)
  JOIN buildsets bs ON bs.bsid = q.buildsetid
 WHERE b.buildid = $1
