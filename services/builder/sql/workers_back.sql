-- Workers that were missing and are there again.
UPDATE workers
   SET missing_since = NULL, missing_told = false
 WHERE connected AND missing_since IS NOT NULL;
