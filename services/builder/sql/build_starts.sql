-- What an agent needs to start builds.  $1 buildids
-- The recipe is that of the request's builder; a virtual one has none.
SELECT b.buildid, b.workerid, r.builderid, b.number, b.attempt, b.config_version, b.token,
       d.name AS builder, b.properties,
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
       (SELECT jsonb_agg(jsonb_build_object('files', to_jsonb(c.files)) ORDER BY c.changeid)
          FROM buildset_changes bc JOIN changes c USING (changeid)
         WHERE bc.bsid = r.buildsetid) AS changes,
       jsonb_build_object('name', w.name, 'labels',
                          coalesce(w.info -> 'labels', '{}'::jsonb) || w.labels,
                          'properties', w.properties) AS worker
  FROM builds b
  JOIN buildrequests r USING (buildrequestid)
  JOIN builders d ON d.builderid = r.builderid
  JOIN workers w USING (workerid)
 WHERE b.buildid = ANY ($1::bigint[]) AND NOT b.complete;
