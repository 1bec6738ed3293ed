-- From when on workers are missing that should be there.  $1 names  $2 now
UPDATE workers
   SET missing_since = $2::timestamptz
 WHERE name = ANY ($1::text[]) AND active AND NOT connected AND NOT graceful
       AND missing_since IS NULL;
