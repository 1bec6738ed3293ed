-- Workers that may come to take builds, connected or not, with what decides which.
SELECT workerid, name, coalesce(info -> 'labels', '{}'::jsonb) || labels AS labels
  FROM workers
 WHERE active;
