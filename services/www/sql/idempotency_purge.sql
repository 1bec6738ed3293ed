-- Removes some of the keys that are forgotten.  $1 when they were used, or earlier
-- A few with each new key: more than come, and none waits for another.
DELETE FROM idempotency_keys
 WHERE (username, key) IN (SELECT username, key FROM idempotency_keys WHERE created_at < $1
                            ORDER BY created_at LIMIT 50 FOR UPDATE SKIP LOCKED)
