-- The id of a builder's build.  $1 builderid  $2 number
SELECT buildid AS id FROM builds WHERE builderid = $1 AND number = $2
