-- Who sent the delivery that was handed on under $1; once.
DELETE FROM senders WHERE handle = $1 RETURNING username, provider, tokenid, client
