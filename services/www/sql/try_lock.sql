-- One call at a time for a scheduler and a job, until the end of the transaction.  $1 both as a text
SELECT FROM pg_advisory_xact_lock(hashtextextended($1::text, 0))
