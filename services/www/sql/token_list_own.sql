-- The tokens of a user of a provider, the newest first.  $1 user  $2 provider
SELECT tokenid, name, hint, username, scopes, created_at, created_by, expires_at, last_used_at, last_used_from, revoked_at
  FROM tokens WHERE username = $1 AND identity->>'provider' = $2
 ORDER BY tokenid DESC LIMIT 1000
