-- A build as rules see it: branches and owners are lists.  $1 buildid
SELECT bd.name AS builder, bd.project, bs.scheduler, w.name AS worker,
       ARRAY(SELECT DISTINCT coalesce(ss.branch, '')
               FROM buildset_sourcestamps link JOIN sourcestamps ss USING (ssid)
              WHERE link.bsid = bs.bsid) AS branches,
       array_remove(ARRAY[b.properties->'owner'->>0] || ARRAY(
           SELECT jsonb_array_elements_text(CASE jsonb_typeof(b.properties->'owners'->0)
                                            WHEN 'array' THEN b.properties->'owners'->0
                                            ELSE '[]' END)), NULL) AS owners
  FROM builds b
  JOIN builders bd USING (builderid)
  JOIN buildrequests q USING (buildrequestid)
  JOIN buildsets bs ON bs.bsid = q.buildsetid
  LEFT JOIN workers w ON w.workerid = b.workerid
 WHERE b.buildid = $1
