-- Adds an entry to the ledger; what comes back is the REST resource.
--   $1 kind     $2 source  $3 event  $4 external id  $5 repository  $6 client  $7 verdict  $8 reason
--   $9 status, 0 for none  $10 found $11 new changes, bigint[]      $12 known ones, bigint[]
--   $13 recovered          $14 replay of, 0 for none $15 request, jsonb  $16 body, zstd  $17 its bytes
INSERT INTO deliveries (kind, source, event, external_id, repository, client, verdict, reason, status,
                        found, changeids, known_changeids, recovered, replay_of, request, body,
                        body_bytes)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9::int, 0), $10, coalesce($11::bigint[], '{}'),
        coalesce($12::bigint[], '{}'), $13, nullif($14::bigint, 0), $15::jsonb, $16, $17)
RETURNING deliveryid, received_at, kind, source, event, external_id, repository, verdict, reason, status,
          found, changeids, known_changeids, recovered, repeated, last_at, replay_of, body_bytes,
          request IS NOT NULL AND (body_bytes = 0 OR body IS NOT NULL) AS replayable;
