-- Objects to remove from the store, locked.  $1 now  $2 at most so many
SELECT key
  FROM blob_removals
 WHERE due_at <= $1::timestamptz
 ORDER BY due_at
 LIMIT $2::bigint
   FOR UPDATE SKIP LOCKED
