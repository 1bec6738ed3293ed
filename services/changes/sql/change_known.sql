-- Those of some commits that are changes already, oldest first.
--   $1 repositories, text[]   $2 branches, text[], "" for none   $3 revisions, text[]
-- Two ways to the branch, as IS NOT DISTINCT FROM can use no index.
SELECT array_agg(DISTINCT known.changeid ORDER BY known.changeid) AS changeids
  FROM unnest($1::text[], $2::text[], $3::text[]) AS told (repository, branch, revision)
 CROSS JOIN LATERAL (
    SELECT changeid FROM changes
     WHERE repository = told.repository AND branch = told.branch AND revision = told.revision
    UNION ALL
    SELECT changeid FROM changes
     WHERE repository = told.repository AND branch IS NULL AND told.branch = ''
       AND revision = told.revision
 ) known;
