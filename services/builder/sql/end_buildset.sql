-- A buildset that end_request has just completed, as its event tells it.  $1 bsid  $2 when
SELECT b.bsid, b.external_idstring, b.reason, b.rebuilt_buildid, b.submitted_at, b.complete,
       b.complete_at, b.results,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('ssid', t.ssid, 'branch', t.branch,
                   'revision', t.revision, 'repository', t.repository, 'project', t.project,
                   'codebase', t.codebase, 'patch', NULL,
                   'created_at', floor(extract(epoch FROM t.created_at))::bigint)
                   ORDER BY t.codebase, t.ssid), '[]'::jsonb)
          FROM buildset_sourcestamps bt JOIN sourcestamps t USING (ssid)
         WHERE bt.bsid = b.bsid) AS sourcestamps,
       b.parent_buildid, b.parent_relationship
  FROM buildsets b
 WHERE b.bsid = $1::bigint AND b.complete AND b.complete_at = $2::timestamptz;
