-- Keeps a patch.  $1 level   $2 folder that it applies to   $3 author   $4 comment   $5 its bytes
INSERT INTO patches (level, subdir, author, comment, body)
VALUES ($1, coalesce($2, ''), coalesce($3, ''), coalesce($4, ''), $5)
RETURNING patchid AS id
