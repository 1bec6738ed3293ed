-- Removes changes that nothing names any more.  $1 those received before  $2 at most so many
DELETE FROM changes c
 WHERE c.changeid IN (
       SELECT o.changeid
         FROM changes o
        WHERE o.received_at < $1::timestamptz
              AND NOT EXISTS (SELECT 1 FROM buildset_changes b WHERE b.changeid = o.changeid)
              AND NOT EXISTS (SELECT 1 FROM change_inbox i WHERE i.changeid = o.changeid)
              AND NOT EXISTS (SELECT 1 FROM scheduler_changes k WHERE k.changeid = o.changeid)
        ORDER BY o.changeid
        LIMIT $2::bigint);
