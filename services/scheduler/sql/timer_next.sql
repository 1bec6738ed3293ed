-- When the next timer is due; null without any. One that is due already is another replica's at
-- this moment.  $1 now
SELECT min(due_at) AS due_at FROM scheduler_timers WHERE due_at > $1;
