-- What proves a local user, who is active and no service account.  $1 user
-- One row even where there is none: `folded` is whom all spellings of the name mean.
SELECT lower($1::text) AS folded, u.username, u.full_name, u.email, coalesce(u.groups, '{}') AS groups, u.password_hash
  FROM (SELECT 1) one LEFT JOIN users u ON lower(u.username) = lower($1::text) AND u.active AND NOT u.service
