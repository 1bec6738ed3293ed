-- The builds of a request, first to last.  $1 buildrequestid
SELECT b.buildid, b.attempt::bigint AS attempt, d.name || '/' || b.number AS name,
       w.name AS worker, b.started_at, b.complete_at, b.complete, b.waiting, b.results,
       b.state_string
  FROM builds b
  JOIN builders d USING (builderid)
  LEFT JOIN workers w USING (workerid)
 WHERE b.buildrequestid = $1::bigint
 ORDER BY b.buildid;
