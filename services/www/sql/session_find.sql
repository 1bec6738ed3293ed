-- Whose session it is, while it lasts.  $1 sha256 of its name  $2 now
-- A local user's is void when he is not active, and he is shown as he is now; a provider's user
-- is never taken for the local one of the same name.
SELECT s.username,
       CASE WHEN u.userid IS NULL THEN s.identity
            ELSE jsonb_build_object('full_name', u.full_name, 'email', u.email, 'groups', u.groups, 'provider', 'local')
       END AS identity
  FROM sessions s LEFT JOIN users u ON lower(u.username) = lower(s.username)
 WHERE s.token_hash = $1 AND s.expires_at > $2 AND coalesce(u.active, true)
   AND (u.userid IS NOT NULL) = (s.identity @> '{"provider": "local"}')
