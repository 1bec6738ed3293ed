-- A request as rules see it; its owners are those that its build will have: the property, and the
-- authors of the changes.  $1 buildrequestid
SELECT bd.name AS builder, bd.project, bs.scheduler, nullif(bs.properties->'workername'->>0, '') AS worker,
       ARRAY(SELECT DISTINCT coalesce(ss.branch, '')
               FROM buildset_sourcestamps link JOIN sourcestamps ss USING (ssid)
              WHERE link.bsid = bs.bsid) AS branches,
       array_remove(ARRAY[bs.properties->'owner'->>0] || ARRAY(
           SELECT c.author FROM buildset_changes link JOIN changes c USING (changeid)
            WHERE link.bsid = bs.bsid), NULL) AS owners
  FROM buildrequests q
  JOIN builders bd USING (builderid)
  JOIN buildsets bs ON bs.bsid = q.buildsetid
 WHERE q.buildrequestid = $1
