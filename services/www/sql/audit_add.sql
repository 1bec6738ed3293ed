-- Records a deed.  $1 now  $2 user  $3 provider  $4 id of the token or NULL  $5 address
-- $6 action  $7 target  $8 outcome  $9 detail, jsonb or NULL
INSERT INTO audit (at, username, provider, tokenid, client, action, target, outcome, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9::jsonb, '{}'))
