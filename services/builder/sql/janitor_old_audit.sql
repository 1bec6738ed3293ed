-- Removes lines of the audit log.  $1 those before   $2 at most so many
DELETE FROM audit
 WHERE auditid IN (SELECT auditid FROM audit WHERE at < $1::timestamptz ORDER BY at LIMIT $2::bigint);
