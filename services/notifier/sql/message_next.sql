-- When the next message is due, or a claim runs out; null without any.
SELECT min(next_try_at) AS due_at FROM notifications WHERE state IN ('pending', 'sending');
