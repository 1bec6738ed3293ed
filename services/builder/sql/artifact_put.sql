-- A piece is in the store.  $1 sha256 in hex  $2 bytes  $3 now
INSERT INTO artifact_chunks (sha256, size, touched_at)
VALUES (decode($1::text, 'hex'), $2::bigint, $3::timestamptz)
    ON CONFLICT (sha256) DO UPDATE SET touched_at = excluded.touched_at;
