-- Partitions of log_chunks for the weeks to come; how many were made.
SELECT log_partitions_add(8)::bigint AS count;
