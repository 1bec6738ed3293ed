-- The control plane is alive.  $1 now
UPDATE masters SET last_active = $1::timestamptz, active = true WHERE masterid = 1;
