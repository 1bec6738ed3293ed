-- Buildsets that collapsing has just completed, as their event tells them.  $1 bsids  $2 when
SELECT b.bsid, b.external_idstring, b.reason, b.rebuilt_buildid, b.submitted_at, b.complete,
       b.complete_at, b.results,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'ssid', s.ssid, 'branch', s.branch, 'revision', s.revision,
                   'repository', s.repository, 'project', s.project, 'codebase', s.codebase,
                   'created_at', floor(extract(epoch FROM s.created_at))::bigint,
                   'patch', (SELECT jsonb_build_object(
                       'patchid', p.patchid, 'body', NULL, 'level', p.level, 'subdir', p.subdir,
                       'author', p.author, 'comment', p.comment)
                                FROM patches p WHERE p.patchid = s.patchid)) ORDER BY s.codebase, s.ssid), '[]')
          FROM buildset_sourcestamps l JOIN sourcestamps s USING (ssid)
         WHERE l.bsid = b.bsid) AS sourcestamps,
       b.parent_buildid, b.parent_relationship, b.scheduler,
       ARRAY(SELECT DISTINCT r.builderid FROM buildrequests r WHERE r.buildsetid = b.bsid
              ORDER BY r.builderid) AS builderids
  FROM buildsets b
 WHERE b.bsid = ANY ($1::bigint[]) AND b.complete AND b.complete_at = $2::timestamptz;
