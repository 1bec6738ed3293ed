-- One apply at a time; held until the transaction ends. The number is of our choosing.
SELECT pg_advisory_xact_lock(5319221100450002);
