-- Buildsets that collapsing has just completed, as their event tells them.  $1 bsids  $2 when
SELECT b.bsid, b.external_idstring, b.reason, b.rebuilt_buildid, b.submitted_at, b.complete,
       b.complete_at, b.results, '[]'::jsonb AS sourcestamps, b.parent_buildid,
       b.parent_relationship
  FROM buildsets b
 WHERE b.bsid = ANY ($1::bigint[]) AND b.complete AND b.complete_at = $2::timestamptz;
