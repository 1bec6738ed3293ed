-- The body of a delivery, zstd.  $1 delivery
SELECT body FROM deliveries WHERE deliveryid = $1;
