-- Whether an important change is kept for a timer.  $1 scheduler   $2 timer key
SELECT EXISTS (SELECT FROM scheduler_changes
                WHERE schedulerid = $1 AND timer = $2 AND important) AS important;
