-- What an agent needs to start builds.  $1 buildids
SELECT b.buildid, b.workerid, b.builderid, b.number, b.attempt, b.config_version, b.token,
       d.name AS builder, b.properties,
       (SELECT jsonb_agg(jsonb_build_object('codebase', t.codebase, 'repository', t.repository,
                   'project', t.project, 'branch', t.branch, 'revision', t.revision)
                   ORDER BY t.codebase)
          FROM buildset_sourcestamps bt JOIN sourcestamps t USING (ssid)
         WHERE bt.bsid = r.buildsetid) AS sources
  FROM builds b
  JOIN builders d USING (builderid)
  JOIN buildrequests r USING (buildrequestid)
 WHERE b.buildid = ANY ($1::bigint[]) AND NOT b.complete;
