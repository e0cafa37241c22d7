-- Whether anything was written since one last looked: pages answer what many ask alike anew only then. The snapshot of
-- the server would say so too, but it moves with every heartbeat of Airflow's own database.
CREATE TABLE app.change (
  slot smallint PRIMARY KEY,
  n bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE app.change IS
'写入计数：每个写入的事务给一格加一，谁也不等谁 / transactions that wrote, counted in slots so that nobody waits for another';
COMMENT ON COLUMN app.change.slot IS '格 / slot';
COMMENT ON COLUMN app.change.n IS '已提交的写入事务数 / writing transactions that were committed';
INSERT INTO app.change (slot) SELECT generate_series(1, 256);
GRANT SELECT ON app.change TO lcm_app;

CREATE FUNCTION app.note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $note$
BEGIN
  IF current_setting('app.noted', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
    UPDATE app.change SET n = n + 1
    WHERE slot = (SELECT c.slot FROM app.change AS c LIMIT 1 FOR UPDATE SKIP LOCKED);
    PERFORM set_config('app.noted', pg_current_xact_id()::text, true);
  END IF;
  RETURN NULL;
END $note$;
COMMENT ON FUNCTION app.note_change() IS
'一个事务第一次写入时记一次 / counts a transaction when it first writes';

CREATE FUNCTION app.watch_changes() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $watch$
DECLARE
  written regclass;
BEGIN
  FOR written IN
    SELECT c.oid::regclass FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
      AND c.relnamespace::regnamespace::text IN ('app', 'intake', 'quality', 'ref', 'warehouse', 'report')
      AND c.oid <> 'app.change'::regclass
      AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = 'note_change')
  LOOP
    EXECUTE format('CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
      'FOR EACH STATEMENT EXECUTE FUNCTION app.note_change()', written);
  END LOOP;
END $watch$;
COMMENT ON FUNCTION app.watch_changes() IS
'让新建的表也计入；建表的迁移最后调用 / makes tables that are new count too; a migration that creates one calls it last';
SELECT app.watch_changes();
