-- The changes of a build, oldest first: those its buildset was made of.  $1 build
SELECT c.author, c.comments, c.revision, c.branch, c.revlink
  FROM builds b
  JOIN buildrequests r USING (buildrequestid)
  JOIN buildset_changes bc ON bc.bsid = r.buildsetid
  JOIN changes c USING (changeid)
 WHERE b.buildid = $1
 ORDER BY c.changeid
 LIMIT 500;
