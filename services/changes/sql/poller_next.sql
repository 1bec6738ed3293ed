-- When the next poller is due, or a claim runs out; null without pollers.
SELECT min(greatest(due_at, claimed_until)) AS due_at FROM pollers WHERE active;
