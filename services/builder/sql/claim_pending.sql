-- Whether any request waits for a build.
SELECT EXISTS (SELECT 1 FROM buildrequests
                WHERE NOT claimed AND NOT complete AND cancel_reason IS NULL) AS pending;
