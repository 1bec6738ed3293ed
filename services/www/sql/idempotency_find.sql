-- What a key was used for.  $1 user  $2 key
SELECT request_hash, answer FROM idempotency_keys WHERE username = $1 AND key = $2
