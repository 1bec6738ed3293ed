-- Asks for a delivery to be read again; once is enough until that is done.  $1 delivery   $2 who asks
INSERT INTO replays (deliveryid, requested_by) VALUES ($1, $2) ON CONFLICT (deliveryid) DO NOTHING;
