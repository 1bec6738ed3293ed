-- Workers that are to get no builds.
SELECT workerid, paused, graceful FROM workers WHERE paused OR graceful;
