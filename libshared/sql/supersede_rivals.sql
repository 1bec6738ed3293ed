-- New requests and the unfinished older ones of the same builders.  $1 new request ids
-- $2 ids of builders whose older requests matter  $3 whether claimed ones matter
WITH new AS (
    SELECT buildrequestid, buildsetid, builderid, claimed
      FROM buildrequests
     WHERE buildrequestid = ANY ($1::bigint[]) AND builderid = ANY ($2::bigint[])),
old AS (
    SELECT q.buildrequestid, q.buildsetid, q.builderid, q.claimed
      FROM buildrequests q
     WHERE q.builderid IN (SELECT builderid FROM new) AND NOT q.complete AND q.cancel_reason IS NULL
           AND ($3::boolean OR NOT q.claimed)
           AND q.buildrequestid < (SELECT max(buildrequestid) FROM new)
           AND q.buildrequestid <> ALL ($1::bigint[])
     ORDER BY q.buildrequestid DESC
     LIMIT 1000)
SELECT r.buildrequestid, r.buildsetid AS bsid, r.builderid, b.name AS builder, r.claimed,
       EXISTS (SELECT 1 FROM buildset_changes c WHERE c.bsid = r.buildsetid) AS has_changes,
       (SELECT jsonb_agg(jsonb_build_object('codebase', t.codebase, 'repository', t.repository,
                   'project', t.project, 'branch', t.branch, 'revision', t.revision,
                   'patched', t.patchid IS NOT NULL)
                   ORDER BY t.codebase)
          FROM buildset_sourcestamps bt JOIN sourcestamps t USING (ssid)
         WHERE bt.bsid = r.buildsetid) AS sources,
       s.properties
  FROM (SELECT * FROM new UNION ALL SELECT * FROM old) r
  JOIN builders b USING (builderid)
  JOIN buildsets s ON s.bsid = r.buildsetid
 ORDER BY r.buildrequestid;
