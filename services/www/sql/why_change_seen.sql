-- Whether no scheduler has looked at a change yet, and the buildsets with it that no scheduler in
-- force made.  $1 changeid
SELECT EXISTS (SELECT FROM change_inbox WHERE changeid = $1::bigint) AS unseen,
       ARRAY(SELECT bc.bsid
               FROM buildset_changes bc
               JOIN buildsets s USING (bsid)
              WHERE bc.changeid = $1::bigint
                    AND NOT EXISTS (SELECT FROM schedulers sc
                                     WHERE sc.name = s.scheduler AND sc.active)
              ORDER BY bc.bsid
              LIMIT 20) AS other_buildsets;
