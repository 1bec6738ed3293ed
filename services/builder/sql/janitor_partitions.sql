-- Partitions of log_chunks that are over, oldest first; `pending`: their detachment was begun and
-- not finished.
SELECT c.relname::text AS name, x.ends, i.inhdetachpending AS pending
  FROM pg_inherits i
  JOIN pg_class c ON c.oid = i.inhrelid
 CROSS JOIN LATERAL (
       SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''(.*)''\)')::date::timestamptz
           AS ends) x
 WHERE i.inhparent = 'log_chunks'::regclass AND (x.ends <= current_date OR i.inhdetachpending)
 ORDER BY x.ends;
