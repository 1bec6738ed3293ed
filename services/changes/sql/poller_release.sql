-- Gives a claim back without a result, at the stop.  $1 name   $2 claim
UPDATE pollers SET claimed_until = NULL WHERE name = $1 AND claim = $2;
