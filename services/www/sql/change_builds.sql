-- The builds whose sources a change is one of.  $1 changeid
SELECT cb.buildid
  FROM changes cc
  JOIN buildset_sourcestamps link ON link.ssid = cc.ssid
  JOIN buildrequests cq ON cq.buildsetid = link.bsid
  JOIN builds cb ON cb.buildrequestid = cq.buildrequestid
 WHERE cc.changeid = $1::bigint
