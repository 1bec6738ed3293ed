-- The end of a log, newest chunk first.  $1 log   $2 first line wanted
SELECT content FROM log_chunks WHERE logid = $1 AND first_line + line_count > $2
 ORDER BY first_line DESC LIMIT 64;
