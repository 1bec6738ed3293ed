-- Keeps the answer to a call, in the transaction that carries it out.  $1 user  $2 key  $3 number of the attempt
-- $4 the result, JSON
-- No row touched: the call was given up, and the key is another attempt's.
UPDATE idempotency_keys SET status = 200, answer = $4
 WHERE username = $1 AND key = $2 AND attempt = $3 AND status IS NULL
