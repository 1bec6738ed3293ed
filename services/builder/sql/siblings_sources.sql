-- What a buildset builds.  $1 bsid
SELECT t.repository, t.project, t.codebase, t.branch, t.revision
  FROM buildset_sourcestamps bt JOIN sourcestamps t USING (ssid)
 WHERE bt.bsid = $1;
