-- The sources of a buildset.  $1 bsid
SELECT ss.codebase, ss.repository, ss.project, ss.branch, ss.revision, ss.patchid
  FROM buildset_sourcestamps link JOIN sourcestamps ss USING (ssid)
 WHERE link.bsid = $1
 ORDER BY ss.codebase, ss.ssid
