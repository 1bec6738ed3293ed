-- Gives configured workers their agents' own labels back after a new version wrote its own.
UPDATE workers
   SET labels = (info->'labels') || labels
 WHERE NOT enrolled AND info ? 'labels' AND NOT (labels @> ((info->'labels') || labels));
