-- Makes a key this call's.  $1 user  $2 key  $3 hash of the request  $4 number of the attempt  $5 now
-- $6 when a call under way must have begun to be given up  $7 when a key must have been used to be forgotten
-- No row touched: it is another's.
INSERT INTO idempotency_keys AS k (username, key, request_hash, attempt, created_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (username, key) DO UPDATE
   SET request_hash = excluded.request_hash, attempt = excluded.attempt, created_at = excluded.created_at,
       status = NULL, answer = NULL
 WHERE (k.status IS NULL AND k.created_at < $6) OR k.created_at < $7
