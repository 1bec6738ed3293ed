-- Revokes a token, and those made with it; the first time counts.  $1 id  $2 now
WITH RECURSIVE made AS (
     SELECT $1::bigint AS tokenid
     UNION ALL
     SELECT t.tokenid FROM made m JOIN tokens t ON t.made_with = m.tokenid)
UPDATE tokens t SET revoked_at = $2 FROM made m WHERE t.tokenid = m.tokenid AND t.revoked_at IS NULL
