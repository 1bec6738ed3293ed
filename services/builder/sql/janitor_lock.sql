-- One replica cleans at a time; the others pass.
SELECT pg_try_advisory_xact_lock(hashtext('slipway janitor')) AS pending;
