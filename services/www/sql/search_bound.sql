-- Ends each statement of the transaction after two seconds: a search may be asked by anybody.
SET LOCAL statement_timeout = 2000
