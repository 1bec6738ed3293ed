-- The names of all projects: those of the configuration, and those that sources were of. One look
-- into the index for each, however many sources there are.
WITH RECURSIVE named AS (
    SELECT min(project) AS project FROM sourcestamps
    UNION ALL
    SELECT (SELECT min(ss.project) FROM sourcestamps ss WHERE ss.project > named.project)
      FROM named WHERE named.project IS NOT NULL
)
SELECT project FROM named WHERE project IS NOT NULL
UNION SELECT name FROM projects
UNION SELECT project FROM builders
UNION SELECT ''
