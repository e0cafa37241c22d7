-- What was written since one last looked: pages answer what many ask alike anew only then. The snapshot of the server
-- would say so too, but it moves with every heartbeat of Airflow's own database.
CREATE TABLE app.change_slot (slot smallint PRIMARY KEY);
COMMENT ON TABLE app.change_slot IS
'写入计数的格：每个写入的事务占一格，谁也不等谁 / a slot for each transaction that writes, so that nobody waits for another';
COMMENT ON COLUMN app.change_slot.slot IS '格 / slot';
INSERT INTO app.change_slot (slot) SELECT generate_series(1, 256);

CREATE TABLE app.change (
  slot smallint NOT NULL,
  relation text NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (slot, relation)
) WITH (fillfactor = 50);
COMMENT ON TABLE app.change IS '每张表被已提交的事务写过几次 / how many transactions wrote to each table';
COMMENT ON COLUMN app.change.slot IS '格 / slot';
COMMENT ON COLUMN app.change.relation IS '表 / table';
COMMENT ON COLUMN app.change.n IS '已提交的写入事务数 / writing transactions that were committed';
GRANT SELECT ON app.change TO lcm_app;

CREATE FUNCTION app.note(relation text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $note$
DECLARE
  noted text[] := string_to_array(current_setting('app.noted', true), ' ');
BEGIN
  IF noted[1] IS DISTINCT FROM pg_current_xact_id()::text THEN
    noted := ARRAY[pg_current_xact_id()::text, (
      SELECT s.slot::text FROM app.change_slot AS s LIMIT 1 FOR UPDATE SKIP LOCKED
    )];
  END IF;
  IF relation = any(noted) THEN
    RETURN;
  END IF;
  INSERT INTO app.change AS c (slot, relation, n) VALUES (noted[2]::smallint, note.relation, 1)
  ON CONFLICT ON CONSTRAINT change_pkey DO UPDATE SET n = c.n + 1;
  PERFORM set_config('app.noted', array_to_string(noted || relation, ' '), true);
END $note$;
COMMENT ON FUNCTION app.note(text) IS
'一个事务第一次写一张表时记一次 / counts a transaction when it first writes to a table';
REVOKE EXECUTE ON FUNCTION app.note(text) FROM public;

CREATE FUNCTION app.note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $note$
BEGIN
  PERFORM app.note(concat(tg_table_schema, '.', tg_table_name));
  RETURN NULL;
END $note$;
COMMENT ON FUNCTION app.note_change() IS '触发器：记下被写的表 / notes the table that was written to';

CREATE FUNCTION app.watch_changes() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $watch$
DECLARE
  written regclass;
BEGIN
  FOR written IN
    SELECT c.oid::regclass FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
      AND c.relnamespace::regnamespace::text IN ('app', 'intake', 'quality', 'ref', 'warehouse', 'report')
      AND c.relname NOT LIKE 'change%'
      AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = 'note_change')
  LOOP
    EXECUTE format('CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
      'FOR EACH STATEMENT EXECUTE FUNCTION app.note_change()', written);
  END LOOP;
END $watch$;
COMMENT ON FUNCTION app.watch_changes() IS
'让新建的表也计入；建表的迁移最后调用 / makes tables that are new count too; a migration that creates one calls it last';
SELECT app.watch_changes();
