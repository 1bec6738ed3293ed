-- What a forced build takes over from another.  $1 builder's name   $2 build's number
-- $3 projects whose sources' builds are not shown
SELECT b.properties,
       ARRAY(SELECT c.changeid FROM buildset_changes c WHERE c.bsid = q.buildsetid
              ORDER BY c.changeid)::bigint[] AS changeids
  FROM builds b JOIN builders f USING (builderid) JOIN buildrequests q USING (buildrequestid)
 WHERE f.name = $1 AND b.number = $2 AND NOT EXISTS (
       SELECT FROM buildset_sourcestamps hl JOIN sourcestamps hs USING (ssid)
        WHERE hl.bsid = q.buildsetid AND hs.project = ANY ($3::text[]))
