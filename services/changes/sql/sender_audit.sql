-- Records a delivery that somebody sent by a token.  $1 now  $2 user  $3 provider  $4 id of the token or NULL
-- $5 address  $6 delivery  $7 outcome: done, refused, failed  $8 detail, jsonb
INSERT INTO audit (at, username, provider, tokenid, client, action, target, outcome, detail)
VALUES ($1, $2, $3, $4, $5, 'send-change', 'deliveries/' || $6::bigint, $7, $8::jsonb)
