-- Makes a token, which never outlives the one it is made with.
-- $1 sha256  $2 hint  $3 name  $4 user  $5 identity, jsonb  $6 scopes  $7 now  $8 who makes it
-- $9 end or NULL  $10 id of the token that makes it, or NULL
INSERT INTO tokens (token_hash, hint, name, username, identity, scopes, created_at, created_by, expires_at,
                    made_with)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, least($9, (SELECT expires_at FROM tokens WHERE tokenid = $10)), $10)
RETURNING tokenid, name, hint, username, scopes, created_at, created_by, expires_at, last_used_at, last_used_from, revoked_at
