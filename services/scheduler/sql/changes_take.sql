-- Takes the changes kept for a timer, oldest first.  $1 scheduler   $2 timer key
WITH taken AS (
    DELETE FROM scheduler_changes WHERE schedulerid = $1 AND timer = $2
    RETURNING changeid, important
)
SELECT changeid, author, branch, revision, repository, project, codebase, category, files,
       properties, important
  FROM changes JOIN taken USING (changeid)
 ORDER BY changeid;
