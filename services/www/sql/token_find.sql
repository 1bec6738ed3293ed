-- For whom an API token speaks, while it is in force.  $1 sha256 of the token  $2 now
-- One that was made with another is void with that one. As with sessions: a local user's is void when he is not active, and he is shown as he is now.
SELECT t.tokenid, t.username, t.scopes,
       CASE WHEN u.userid IS NULL THEN t.identity
            ELSE jsonb_build_object('full_name', u.full_name, 'email', u.email, 'groups', u.groups, 'provider', 'local')
       END AS identity,
       coalesce(t.last_used_at <= $2::timestamptz - interval '1 minute', true) AS stale
  FROM tokens t LEFT JOIN users u ON lower(u.username) = lower(t.username)
 WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND coalesce(t.expires_at > $2, true)
   AND coalesce(u.active, true)
   AND NOT EXISTS (WITH RECURSIVE makers AS (
                        SELECT m.made_with, m.revoked_at FROM tokens m WHERE m.tokenid = t.made_with
                        UNION ALL
                        SELECT m.made_with, m.revoked_at FROM makers k JOIN tokens m ON m.tokenid = k.made_with)
                   SELECT FROM makers WHERE revoked_at IS NOT NULL)
   AND (u.userid IS NOT NULL) = (t.identity @> '{"provider": "local"}')
