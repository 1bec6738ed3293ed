-- The stored hashes of configured workers.  $1 names
SELECT name, password_hash FROM workers WHERE name = ANY ($1::text[]) AND active AND NOT enrolled;
