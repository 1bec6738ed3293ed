-- What has become of a trigger: its requests, in the order of their schedulers.  $1 buildid  $2 step
SELECT t.done, t.error, coalesce(q.requests, '[]'::jsonb) AS requests
  FROM triggers t
  LEFT JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_object('brid', r.buildrequestid, 'builder', d.name,
                  'scheduler', s.scheduler, 'important', s.important, 'complete', r.complete,
                  'results', CASE WHEN r.complete THEN r.results END,
                  'builds', (SELECT coalesce(jsonb_agg(jsonb_build_object('buildid', b.buildid,
                                        'number', b.number, 'builderid', b.builderid,
                                        'results', b.results)
                                        ORDER BY b.buildid), '[]'::jsonb)
                               FROM builds b WHERE b.buildrequestid = r.buildrequestid))
                  ORDER BY s.place, r.buildrequestid) AS requests
         FROM ROWS FROM (jsonb_to_recordset(t.buildsets)
                         AS (bsid bigint, scheduler text, important boolean)) WITH ORDINALITY
              AS s (bsid, scheduler, important, place)
         JOIN buildrequests r ON r.buildsetid = s.bsid
         JOIN builders d USING (builderid)) q ON true
 WHERE t.buildid = $1::bigint AND t.step = $2::bigint;
