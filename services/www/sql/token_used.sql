-- Notes that a token was used, at most once a minute.  $1 id  $2 now  $3 the client's address
UPDATE tokens SET last_used_at = $2, last_used_from = $3
 WHERE tokenid = $1 AND coalesce(last_used_at <= $2::timestamptz - interval '1 minute', true)
