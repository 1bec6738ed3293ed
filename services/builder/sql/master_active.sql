-- The control plane is alive.  $1 now
-- Gives the row when it was not before, so that one replica tells it.
WITH before AS (
    SELECT masterid, active FROM masters WHERE masterid = 1 FOR NO KEY UPDATE)
UPDATE masters m SET last_active = $1::timestamptz, active = true
  FROM before b
 WHERE m.masterid = b.masterid
RETURNING m.masterid, m.name, m.active, m.last_active, NOT b.active AS started;
