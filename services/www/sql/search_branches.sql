-- Branches by the beginning of their names, with the newest change of each.
-- $1 pattern of LIKE  $2 the beginning itself  $3 names of hidden projects  $4 limit
-- One look into the index for each name: from a name on to the next greater.
WITH RECURSIVE names AS (
    (SELECT left(c.branch, 200) AS branch, 1 AS n
       FROM changes c
      WHERE left(c.branch, 200) ~>=~ $2::text AND left(c.branch, 200) LIKE $1::text
      ORDER BY left(c.branch, 200) USING ~<~
      LIMIT 1)
    UNION ALL
    SELECT greater.branch, names.n + 1
      FROM names
     CROSS JOIN LATERAL (SELECT left(c.branch, 200) AS branch
                           FROM changes c
                          WHERE left(c.branch, 200) ~>~ names.branch AND left(c.branch, 200) LIKE $1::text
                          ORDER BY left(c.branch, 200) USING ~<~
                          LIMIT 1) greater
     WHERE names.n < 100
)
SELECT newest.branch AS title, 'changes' AS path, newest.text, newest.at
  FROM names
 CROSS JOIN LATERAL (SELECT c.branch, c.when_timestamp AS at,
                            left(c.author || ': ' || split_part(c.comments, E'\n', 1), 300) AS text
                       FROM changes c
                      WHERE left(c.branch, 200) = names.branch AND c.project <> ALL($3::text[])
                      ORDER BY c.changeid DESC
                      LIMIT 1) newest
 ORDER BY newest.at DESC
 LIMIT $4::bigint
