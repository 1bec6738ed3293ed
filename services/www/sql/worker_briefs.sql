-- What decides which builders the workers serve: all that are in force.
SELECT workerid, name, coalesce(info->'labels', '{}'::jsonb) || labels AS labels, active
  FROM workers WHERE active ORDER BY workerid
