-- The codebases that a version of the configuration added.  $1 version
SELECT codebaseid, projectid, name, slug FROM codebases WHERE changed_by = $1::bigint ORDER BY codebaseid
