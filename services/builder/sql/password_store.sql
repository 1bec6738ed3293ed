-- Stores a fresh hash.  $1 name  $2 argon2id hash
UPDATE workers SET password_hash = $2::text WHERE name = $1::text AND active AND NOT enrolled;
