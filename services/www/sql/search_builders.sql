-- Builders by a part of their names.  $1 text  $2 ids of hidden builders  $3 projects whose builds are hidden, idle  $4 limit
-- The table is small: what a configuration names.
SELECT bd.name AS title, 'builders/' || bd.builderid AS path, bd.description AS text, NULL::timestamptz AS at
  FROM builders bd
 WHERE strpos(lower(bd.name), lower($1::text)) > 0
   AND bd.builderid <> ALL($2::bigint[])
   AND $3::text[] IS NOT NULL
 ORDER BY lower(bd.name) <> lower($1::text), NOT bd.active, length(bd.name), bd.name
 LIMIT $4::bigint
