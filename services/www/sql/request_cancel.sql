-- Asks for a request to be cancelled, with the build it may have; a reason given before stays.  $1 buildrequestid  $2 reason
UPDATE buildrequests SET cancel_reason = $2
 WHERE buildrequestid = $1 AND NOT complete AND cancel_reason IS NULL
