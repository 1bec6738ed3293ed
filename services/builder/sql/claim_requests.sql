-- Takes requests, with what their builds start with.  $1 buildrequestids  $2 now
-- Those that another replica or a cancel was quicker to take are missing in the answer.
-- Written as NOT claimed AND NOT complete it could read the whole queue by its partial index.
WITH free AS (
    SELECT q.buildrequestid
      FROM buildrequests q
     WHERE q.buildrequestid = ANY ($1::bigint[]) AND (q.claimed OR q.complete) IS NOT TRUE
           AND q.cancel_reason IS NULL
     ORDER BY q.buildrequestid
       FOR UPDATE SKIP LOCKED)
UPDATE buildrequests r
   SET claimed = true, claimed_at = $2::timestamptz, attempts = r.attempts + 1
  FROM free, buildsets s
 WHERE r.buildrequestid = free.buildrequestid AND s.bsid = r.buildsetid
RETURNING r.buildrequestid, r.buildsetid, r.builderid, r.priority, r.claimed, r.claimed_at,
          1::bigint AS claimed_by_masterid, r.complete, r.results, r.submitted_at, r.complete_at,
          r.waited_for, r.attempts, s.properties AS buildset_properties,
          (SELECT jsonb_agg(jsonb_build_object('codebase', t.codebase, 'repository', t.repository,
                      'project', t.project, 'branch', t.branch, 'revision', t.revision)
                      || coalesce((SELECT jsonb_build_object('patch', jsonb_build_object(
                                      'level', p.level, 'subdir', p.subdir, 'author', p.author,
                                      'comment', p.comment,
                                      'body', translate(encode(p.body, 'base64'), E'\n', '')))
                                     FROM patches p WHERE p.patchid = t.patchid), '{}'::jsonb)
                      ORDER BY t.codebase)
             FROM buildset_sourcestamps bt JOIN sourcestamps t USING (ssid)
            WHERE bt.bsid = r.buildsetid) AS sources,
          (SELECT jsonb_agg(jsonb_build_object('author', c.author, 'properties', c.properties,
                      'files', to_jsonb(c.files))
                      ORDER BY c.changeid)
             FROM buildset_changes bc JOIN changes c USING (changeid)
            WHERE bc.bsid = r.buildsetid) AS changes;
