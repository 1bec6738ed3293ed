-- Whose a token is.  $1 id
SELECT username, coalesce(identity->>'provider', '') AS provider FROM tokens WHERE tokenid = $1
