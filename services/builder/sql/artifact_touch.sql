-- Keeps a piece from the sweep, as somebody means to use it.  $1 sha256 in hex  $2 now
UPDATE artifact_chunks
   SET touched_at = $2::timestamptz
 WHERE sha256 = decode($1::text, 'hex')
RETURNING size;
