-- Completes a buildset whose last request is complete.  $1 bsid  $2 when
-- A statement of its own after end_request: its snapshot has what other requests ended with.
-- The array orders results by strength; SKIPPED alone makes SUCCESS, as Buildbot's fold begins there.
UPDATE buildsets b
   SET complete = true, complete_at = $2::timestamptz,
       results = coalesce((SELECT nullif(r.results, 3)
                             FROM buildrequests r
                            WHERE r.buildsetid = b.bsid
                            ORDER BY (ARRAY[1, 2, 3, 0, 4, 5, 6])[r.results + 1] DESC
                            LIMIT 1), 0)
 WHERE b.bsid = $1::bigint AND NOT b.complete AND b.open_requests = 0
RETURNING bsid, external_idstring, reason, rebuilt_buildid, submitted_at, complete, complete_at,
          results,
          (SELECT coalesce(jsonb_agg(jsonb_build_object('ssid', t.ssid, 'branch', t.branch,
                      'revision', t.revision, 'repository', t.repository, 'project', t.project,
                      'codebase', t.codebase, 'patch', NULL,
                      'created_at', extract(epoch FROM t.created_at)::bigint)
                      ORDER BY t.codebase), '[]'::jsonb)
             FROM buildset_sourcestamps bt JOIN sourcestamps t USING (ssid)
            WHERE bt.bsid = b.bsid) AS sourcestamps,
          parent_buildid, parent_relationship;
