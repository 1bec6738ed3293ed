-- The delivery that somebody has waited for longest to be read again; taken until the transaction ends.
SELECT r.deliveryid, d.source, d.client, d.request, d.body, r.requested_by
  FROM replays r
  JOIN deliveries d USING (deliveryid)
 ORDER BY r.requested_at
 LIMIT 1
   FOR UPDATE OF r SKIP LOCKED;
