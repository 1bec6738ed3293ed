-- Changes, the newest first.  $1 pattern of LIKE for the revision  $2 branch  $3 tsquery  $4 names of hidden projects  $5 limit
-- Nulls among the first three leave that out. It is planned for its values: rare words by their index, frequent ones
-- from the newest change on.
SELECT coalesce(left(c.revision, 12), 'change ' || c.changeid) AS title, 'changes/' || c.changeid AS path,
       left(c.author || ': ' || split_part(c.comments, E'\n', 1), 300) AS text, c.when_timestamp AS at
  FROM changes c
 WHERE ($1::text IS NULL OR left(c.revision, 100) LIKE $1::text)
   AND ($2::text IS NULL OR (left(c.branch, 200) = left($2::text, 200) AND c.branch = $2::text))
   AND ($3::text IS NULL OR c.words @@ to_tsquery('simple', $3::text))
   AND c.project <> ALL($4::text[])
 ORDER BY c.changeid DESC
 LIMIT $5::bigint
