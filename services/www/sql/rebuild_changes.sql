-- The changes of a buildset.  $1 bsid
SELECT changeid AS id FROM buildset_changes WHERE bsid = $1 ORDER BY changeid
