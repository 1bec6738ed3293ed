-- Masters of which no builder has said for long that it is there.  $1 silent since
-- One replica of www takes each.
UPDATE masters SET active = false
 WHERE active AND last_active < $1::timestamptz
RETURNING masterid, name, active, last_active
