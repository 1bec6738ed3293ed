-- The steps of a build that are shown, each with its stdio log.  $1 build
SELECT s.number, s.name, s.state_string, coalesce(s.results, -1) AS results, s.started_at,
       s.complete_at, coalesce(l.logid, 0) AS logid, coalesce(l.num_lines, 0) AS num_lines
  FROM steps s
  LEFT JOIN logs l ON l.stepid = s.stepid AND l.slug = 'stdio' AND l.type = 's'
 WHERE s.buildid = $1 AND NOT s.hidden
 ORDER BY s.number;
