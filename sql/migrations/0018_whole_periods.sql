-- What is heard over a route, with fewer joins: a leaf stands there once for every unit that was met.
ALTER TABLE warehouse.leaf
ADD COLUMN leaf bigint GENERATED ALWAYS AS IDENTITY, ADD COLUMN from_unit text, ADD COLUMN unit_factor double precision;
INSERT INTO warehouse.leaf (
  period, route, slot, slots, method_rank, said, from_definition, from_place, heard_period, unit, to_definition, to_place,
  factor, down, up, from_unit, unit_factor
)
SELECT
  l.period, l.route, l.slot, l.slots, l.method_rank, l.said, l.from_definition, l.from_place, l.heard_period, l.unit,
  l.to_definition, l.to_place, l.factor, l.down, l.up, u.from_unit, u.factor AS unit_factor
FROM warehouse.leaf AS l INNER JOIN warehouse.unit_factor AS u ON l.unit = u.to_unit;
DELETE FROM warehouse.leaf WHERE from_unit IS NULL;
ALTER TABLE warehouse.leaf ALTER COLUMN from_unit SET NOT NULL, ALTER COLUMN unit_factor SET NOT NULL;
COMMENT ON COLUMN warehouse.leaf.from_unit IS '观测值的计量单位 / the unit that is heard';
COMMENT ON COLUMN warehouse.leaf.unit_factor IS '换算到口径的单位 / into the unit of the definition heard';
DROP STATISTICS warehouse.leaf_keys;
CREATE STATISTICS warehouse.leaf_keys (NDISTINCT, DEPENDENCIES)
ON period, heard_period, from_definition, from_unit FROM warehouse.leaf;

CREATE FUNCTION warehouse.slack(decimals smallint) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE decimals
    WHEN 0 THEN 0.5 WHEN 1 THEN 0.05 WHEN 2 THEN 0.005 WHEN 3 THEN 0.0005 ELSE 0.5 * power(10.0::float8, -decimals)
  END::double precision;
COMMENT ON FUNCTION warehouse.slack(smallint) IS
'所给小数位数的修约误差：末位的一半 / what rounding to so many decimals may have hidden: half of the last digit';
CREATE OR REPLACE VIEW warehouse.heard AS
SELECT
  h.period, h.place, h.definition, h.route, h.slot, h.slots, h.method_rank, h.said, h.heard_period, h.obs_id,
  h.recorded_at, h.kind, h.status, h.is_synthetic, h.is_provisional, h.source_rank, h.is_converted, h.down, h.up,
  h.value, h.value - h.slack AS low, h.value + h.slack AS high, h.leaf
FROM (
  SELECT
    l.period, o.place, l.to_definition AS definition, l.route, l.slot, l.slots, l.method_rank, l.said,
    o.period AS heard_period, o.obs_id, o.recorded_at, o.kind, o.status, o.kind = 'synthetic' AS is_synthetic,
    o.status = 'P' AS is_provisional, s.rank AS source_rank, l.unit_factor <> 1 AS is_converted, l.down, l.up,
    o.value * l.unit_factor * l.factor AS value, warehouse.slack(o.decimals) * abs(l.unit_factor * l.factor) AS slack,
    l.leaf
  FROM warehouse.leaf AS l
  INNER JOIN warehouse.resolved AS d ON l.period = d.period
  INNER JOIN warehouse.observation AS o
    ON l.from_definition = o.definition AND l.heard_period = o.period AND l.from_unit = o.unit
  INNER JOIN ref.source AS s ON d.edition = s.edition AND o.source = s.source
  WHERE l.from_place IS NULL AND o.value IS NOT NULL AND o.kind NOT IN ('target', 'forecast')
    AND (d.with_synthetic OR o.kind <> 'synthetic')
    AND NOT EXISTS (
      SELECT FROM warehouse.special AS x
      WHERE x.period = l.period AND x.definition = l.to_definition AND x.place = o.place
    )
    AND NOT EXISTS (
      SELECT FROM warehouse.superseded AS old
      WHERE old.obs_id = o.obs_id AND NOT EXISTS (SELECT FROM warehouse.uncounted AS u WHERE u.obs_id = old.by_obs_id)
    )
    AND NOT EXISTS (SELECT FROM warehouse.uncounted AS u WHERE u.obs_id = o.obs_id AND u.period = o.period)
  UNION ALL
  SELECT
    l.period, l.to_place AS place, l.to_definition AS definition, l.route, l.slot, l.slots, l.method_rank, l.said,
    o.period AS heard_period, o.obs_id, o.recorded_at, o.kind, o.status, o.kind = 'synthetic' AS is_synthetic,
    o.status = 'P' AS is_provisional, s.rank AS source_rank, l.unit_factor <> 1 AS is_converted, l.down, l.up,
    o.value * l.unit_factor * l.factor AS value, warehouse.slack(o.decimals) * abs(l.unit_factor * l.factor) AS slack,
    l.leaf
  FROM warehouse.leaf AS l
  INNER JOIN warehouse.resolved AS d ON l.period = d.period
  INNER JOIN warehouse.observation AS o
    ON l.from_definition = o.definition AND l.heard_period = o.period AND l.from_unit = o.unit AND l.from_place = o.place
  INNER JOIN ref.source AS s ON d.edition = s.edition AND o.source = s.source
  WHERE o.value IS NOT NULL AND o.kind NOT IN ('target', 'forecast')
    AND (d.with_synthetic OR o.kind <> 'synthetic')
    AND NOT EXISTS (
      SELECT FROM warehouse.superseded AS old
      WHERE old.obs_id = o.obs_id AND NOT EXISTS (SELECT FROM warehouse.uncounted AS u WHERE u.obs_id = old.by_obs_id)
    )
    AND NOT EXISTS (SELECT FROM warehouse.uncounted AS u WHERE u.obs_id = o.obs_id AND u.period = o.period)
) AS h;

-- A whole period is made anew beside the one that is read, keys last, and takes its place in a moment.
CREATE FUNCTION warehouse.beside(part text, of_period text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog AS $beside$
DECLARE
  name text := format('%s_%s_new', part, lower(replace(of_period, '-', '_')));
BEGIN
  EXECUTE format('DROP TABLE IF EXISTS warehouse.%I', name);
  EXECUTE format('CREATE TABLE warehouse.%I (LIKE warehouse.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, part);
  RETURN name;
END $beside$;
COMMENT ON FUNCTION warehouse.beside(text, text) IS
'一期数据的空表，填好后换上 / an empty table for one period of a partitioned table, to be put in place when it is full';

CREATE FUNCTION warehouse.complete(part text, of_period text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $complete$
DECLARE
  name text := format('%s_%s_new', part, lower(replace(of_period, '-', '_')));
BEGIN
  EXECUTE format('ALTER TABLE warehouse.%I ADD %s', name, (
    SELECT pg_get_constraintdef(k.oid) FROM pg_constraint AS k
    WHERE k.contype = 'p' AND k.conrelid = format('warehouse.%I', part)::regclass
  ));
  EXECUTE format('ANALYZE warehouse.%I', name);
END $complete$;
COMMENT ON FUNCTION warehouse.complete(text, text) IS
'填好的表加上主键和统计 / keys and statistics of a table that is full';

CREATE FUNCTION warehouse.put_in_place(parts text[], of_period text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, warehouse AS $put$
DECLARE
  part text;
  old text;
BEGIN
  FOR turn IN 1..600 LOOP
    BEGIN -- to wait longer at once could end in a deadlock with somebody who reads
      PERFORM set_config('lock_timeout', '100ms', true);
      EXECUTE 'LOCK TABLE ' || array_to_string(parts, ', ') || ' IN ACCESS EXCLUSIVE MODE';
      EXIT;
    EXCEPTION WHEN lock_not_available THEN
      IF turn = 600 THEN
        RAISE;
      END IF;
      PERFORM pg_sleep(0.05);
    END;
  END LOOP;
  PERFORM set_config('lock_timeout', '0', true);
  FOREACH part IN ARRAY parts LOOP
    old := format('%s_%s', part, lower(replace(of_period, '-', '_')));
    EXECUTE format('DROP TABLE IF EXISTS warehouse.%I', old);
    EXECUTE format('ALTER TABLE warehouse.%I RENAME TO %I', old || '_new', old);
    EXECUTE format('ALTER TABLE warehouse.%I ATTACH PARTITION warehouse.%I FOR VALUES IN (%L)', part, old, of_period);
    PERFORM app.note('warehouse.' || part);
  END LOOP;
END $put$;
COMMENT ON FUNCTION warehouse.put_in_place(text[], text) IS
'把填好的一期换上：谁在读都不会看到一半 / put full tables of a period in the place of those that are read';
