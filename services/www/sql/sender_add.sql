-- Says who sends the delivery that is handed on under $1, for the changes service to take.
--   $2 user  $3 provider  $4 id of the token or NULL  $5 address  $6 now
-- Those of deliveries that never came to anything go on the way.
WITH old AS (DELETE FROM senders WHERE at < $6::timestamptz - interval '1 hour')
INSERT INTO senders (handle, username, provider, tokenid, client, at) VALUES ($1, $2, $3, $4, $5, $6::timestamptz)
