-- A change, as filters see it.  $1 changeid
SELECT changeid, author, branch, revision, repository, project, codebase, category, files,
       properties, false AS important
  FROM changes
 WHERE changeid = $1::bigint;
