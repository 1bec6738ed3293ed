-- When the next timer is due; null without any.
SELECT min(due_at) AS due_at FROM scheduler_timers;
