-- Makes or finds the worker that enrols itself; no row when the configuration owns the name.  $1 name
INSERT INTO workers (name, enrolled) VALUES ($1::text, true)
    ON CONFLICT (name) DO UPDATE SET enrolled = true, active = true
    WHERE workers.enrolled OR NOT workers.active
RETURNING workerid, session;
