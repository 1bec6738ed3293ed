-- Takes a replay off the list.  $1 delivery
DELETE FROM replays WHERE deliveryid = $1;
