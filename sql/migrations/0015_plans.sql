-- How many different keys the leaves of routes have together: without it a year's observations are hashed, not the leaves.
CREATE STATISTICS warehouse.leaf_keys (NDISTINCT, DEPENDENCIES) ON period, heard_period, from_definition FROM warehouse.leaf;
CREATE VIEW warehouse.heard_period AS
SELECT replace(upper(substr(c.relname, 13)), '_', '-') AS period
FROM pg_class AS c INNER JOIN pg_inherits AS i ON c.oid = i.inhrelid
WHERE i.inhparent = 'warehouse.observation'::regclass AND c.relname <> 'observation_unstated'
UNION
SELECT o.period FROM warehouse.observation_unstated AS o;
COMMENT ON VIEW warehouse.heard_period IS '有观测值的数据期，未注明年份的文献在内 / periods with observations, and documents without a year';

CREATE FUNCTION warehouse.first_day(period text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (date_trunc(CASE WHEN period LIKE '%Q%' THEN 'quarter' ELSE 'year' END, intake.last_day(period)))::date;
COMMENT ON FUNCTION warehouse.first_day(text) IS '一期的第一天 / the first day of a period';
