-- Makes those wait who add several changes of one repository, so that transactions with the same
-- changes in another order can't deadlock.  $1 repository
SELECT pg_advisory_xact_lock(hashtext('changes'), hashtext($1));
