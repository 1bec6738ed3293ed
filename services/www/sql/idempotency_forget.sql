-- Frees the key of a call that came to nothing.  $1 user  $2 key  $3 number of the attempt
DELETE FROM idempotency_keys WHERE username = $1 AND key = $2 AND attempt = $3 AND status IS NULL
