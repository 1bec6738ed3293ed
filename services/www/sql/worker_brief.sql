-- What decides which builders a worker serves.  $1 workerid
SELECT workerid, name, coalesce(info->'labels', '{}'::jsonb) || labels AS labels, active
  FROM workers WHERE workerid = $1
