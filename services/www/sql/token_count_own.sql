-- How many tokens of a user are not revoked, and bars others from making one meanwhile.  $1 user
SELECT count(*) AS id FROM (SELECT 1 FROM tokens WHERE username = $1 AND revoked_at IS NULL LIMIT 1000) t
