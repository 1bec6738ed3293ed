-- A finished build, its request and the build before it.  $1 build
-- The build before: the newest of the builder with a lower number that did not end as RETRY (5).
SELECT b.buildid, b.number, b.builderid, b.config_version, bu.name AS builder,
       coalesce(w.name, '') AS worker,
       b.state_string, s.reason, coalesce(b.results, -1) AS results, b.started_at, b.complete_at,
       b.properties, bu.tags, p.buildid IS NOT NULL AS has_previous,
       coalesce(p.results, -1) AS previous_results
  FROM builds b
  JOIN builders bu USING (builderid)
  LEFT JOIN workers w USING (workerid)
  JOIN buildrequests r USING (buildrequestid)
  JOIN buildsets s ON s.bsid = r.buildsetid
  LEFT JOIN LATERAL (
       SELECT buildid, results FROM builds o
        WHERE o.builderid = b.builderid AND o.number < b.number AND o.results IS DISTINCT FROM 5
        ORDER BY o.number DESC LIMIT 1) p ON true
 WHERE b.buildid = $1;
