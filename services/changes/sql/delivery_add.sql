-- Adds an entry to the ledger; what comes back is the REST resource.
--   $1 kind     $2 source  $3 event  $4 external id  $5 repository  $6 client  $7 verdict  $8 reason
--   $9 status, 0 for none  $10 found $11 new changes, bigint[]      $12 known ones, bigint[]
--   $13 recovered          $14 replay of, 0 for none $15 request, jsonb  $16 body, zstd  $17 its bytes
--   $18 user whose token it came with, or NULL
-- Its projects say later who may hear of it: those of its changes, and of all that the repository ever
-- had, by one look into changes_repository_project for each.
WITH RECURSIVE had AS (
    (SELECT project FROM changes WHERE repository = $5 ORDER BY project LIMIT 1)
    UNION ALL
    SELECT (SELECT c.project FROM changes c WHERE c.repository = $5 AND c.project > had.project
             ORDER BY c.project LIMIT 1)
      FROM had WHERE had.project IS NOT NULL),
named AS (
    SELECT project FROM changes WHERE changeid = ANY ($11::bigint[])
    UNION SELECT project FROM changes WHERE changeid = ANY ($12::bigint[])
    UNION SELECT project FROM had WHERE project IS NOT NULL)
INSERT INTO deliveries (kind, source, event, external_id, repository, client, verdict, reason, status,
                        found, changeids, known_changeids, recovered, replay_of, request, body,
                        body_bytes, projects, sender)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9::int, 0), $10, coalesce($11::bigint[], '{}'),
        coalesce($12::bigint[], '{}'), $13, nullif($14::bigint, 0), $15::jsonb, $16, $17,
        ARRAY(SELECT project FROM named ORDER BY project), $18)
RETURNING deliveryid, received_at, kind, source, event, external_id, repository, verdict, reason, status,
          found, changeids, known_changeids, recovered, repeated, last_at, replay_of, body_bytes,
          request IS NOT NULL AND (body_bytes = 0 OR body IS NOT NULL) AS replayable, projects, sender;
