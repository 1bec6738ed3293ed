-- A trigger is carried out, or can't be.
--   $1 build   $2 step   $3 why it could not, or null   $4 [{bsid, scheduler, important}]
UPDATE triggers SET done = true, error = $3, buildsets = $4::jsonb
 WHERE buildid = $1 AND step = $2 AND NOT done;
