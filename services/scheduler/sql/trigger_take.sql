-- The oldest trigger that nobody has carried out, with what it takes over from the build that asks;
-- held until the end of the transaction. No row when there is none, or others hold them all.
SELECT t.buildid, t.step, t.request, b.complete OR q.complete AS over, bd.name AS builder, b.number,
       q.priority,
       (SELECT coalesce(jsonb_object_agg(s.codebase, s.patchid), '{}')
          FROM buildset_sourcestamps l JOIN sourcestamps s USING (ssid)
         WHERE l.bsid = q.buildsetid AND s.patchid IS NOT NULL) AS patches,
       (SELECT coalesce(max(version), 0) FROM config_current) AS version
  FROM triggers t
  JOIN builds b USING (buildid)
  JOIN buildrequests q USING (buildrequestid)
  JOIN builders bd ON bd.builderid = b.builderid
 WHERE NOT t.done
 ORDER BY t.created_at
 LIMIT 1
   FOR UPDATE OF t SKIP LOCKED;
