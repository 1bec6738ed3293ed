-- Lets all statements of the transaction see one moment. Has to be its first.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY
