-- The schedulers of the configuration in force, by name, with the switch that people set.
SELECT schedulerid, name, enabled FROM schedulers WHERE active ORDER BY name;
