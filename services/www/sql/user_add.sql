-- Makes a user.  $1 name  $2 full name  $3 mail  $4 groups  $5 argon2id hash or NULL  $6 service  $7 who makes it  $8 now
INSERT INTO users (username, full_name, email, groups, password_hash, service, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING userid AS id
