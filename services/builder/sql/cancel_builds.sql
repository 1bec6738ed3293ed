-- The running builds that somebody asked to stop.
SELECT buildid, workerid, stop_reason FROM builds WHERE stop_reason IS NOT NULL AND NOT complete;
