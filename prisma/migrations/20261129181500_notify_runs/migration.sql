-- Whoever watches a run is woken by NOTIFY, from whichever process the change comes; the payload is the id of the run.
CREATE FUNCTION notify_run_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('entrada_runs', NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION notify_dataset_run_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('entrada_runs', NEW.run_id);
  RETURN NULL;
END $$;

CREATE TRIGGER runs_changed AFTER UPDATE ON "runs" FOR EACH ROW EXECUTE FUNCTION notify_run_changed();
CREATE TRIGGER dataset_runs_changed AFTER UPDATE ON "dataset_runs" FOR EACH ROW EXECUTE FUNCTION notify_dataset_run_changed();
