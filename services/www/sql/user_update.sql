-- Changes a user; NULL: as it was.  $1 name  $2 full name  $3 mail  $4 groups  $5 argon2id hash  $6 active
UPDATE users
   SET full_name = coalesce($2, full_name), email = coalesce($3, email), groups = coalesce($4, groups),
       password_hash = coalesce($5, password_hash), active = coalesce($6::boolean, active)
 WHERE lower(username) = lower($1)
RETURNING userid AS id
