-- Revokes a token; the first time counts.  $1 id  $2 now
UPDATE tokens SET revoked_at = $2 WHERE tokenid = $1 AND revoked_at IS NULL
