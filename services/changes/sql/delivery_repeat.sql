-- Counts a poll on the poller's last row, if that tells the same: nothing new, or the same failure.
--   $1 poller   $2 verdict   $3 reason
UPDATE deliveries SET repeated = repeated + 1, last_at = now()
 WHERE deliveryid = (SELECT deliveryid FROM deliveries WHERE source = $1 AND kind = 'poll'
                      ORDER BY deliveryid DESC LIMIT 1)
   AND verdict = $2 AND verdict IN ('idle', 'failed') AND reason IS NOT DISTINCT FROM $3;
