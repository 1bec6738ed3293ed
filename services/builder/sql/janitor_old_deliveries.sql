-- Removes entries of the ledger.  $1 those last added to before   $2 at most so many
DELETE FROM deliveries
 WHERE deliveryid IN (SELECT deliveryid FROM deliveries
                       WHERE received_at < $1::timestamptz AND last_at < $1::timestamptz
                       ORDER BY received_at
                       LIMIT $2::bigint);
