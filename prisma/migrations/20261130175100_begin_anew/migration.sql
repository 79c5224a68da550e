-- A slot that another one has used up between our look and our lock stays locked, although it grants nothing (its xmax says
-- so). Whoever goes on with it and waits for another slot, or takes all of them, may be waited for: that is to begin anew too.
-- One that this transaction has spent from before (its xmin) is no such slot: beginning anew would end there again.
CREATE OR REPLACE FUNCTION take_budget(
  p_org text, p_scope text, p_meter text, p_units bigint, p_micros bigint, p_day date,
  OUT micros bigint, OUT billable bigint, OUT day date
) LANGUAGE plpgsql AS $$
DECLARE
  own integer := pg_backend_pid() % budget_slots(p_scope);
  granting smallint;
BEGIN
  IF p_units >= 0 AND coalesce(p_micros, 0) >= 0 THEN
    SELECT s.slot INTO granting FROM budget_slot s
      WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter AND s.slot = own
        AND slot_grants(s, p_units, p_micros, p_day)
      FOR NO KEY UPDATE SKIP LOCKED;
    IF granting IS NULL THEN
      SELECT s.slot INTO granting FROM budget_slot s
        WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter AND slot_grants(s, p_units, p_micros, p_day)
        LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    END IF;
    IF granting IS NULL AND EXISTS (SELECT FROM budget_slot s
      WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter
        AND s.xmax = pg_current_xact_id_if_assigned()::xid AND s.xmin <> s.xmax)
    THEN
      RAISE EXCEPTION 'a slot was used up as it was locked' USING ERRCODE = 'ZB003';
    END IF;
    IF granting IS NULL THEN
      SELECT s.slot INTO granting FROM budget_slot s
        WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter AND slot_grants(s, p_units, p_micros, p_day)
        ORDER BY s.slot <> own, s.slot LIMIT 1;
      IF granting IS NOT NULL THEN
        PERFORM 1 FROM budget_slot s
          WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter AND s.slot = granting
            AND slot_grants(s, p_units, p_micros, p_day)
          FOR NO KEY UPDATE;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'the slot was used up meanwhile' USING ERRCODE = 'ZB003';
        END IF;
      END IF;
    END IF;
  END IF;
  IF granting IS NULL THEN
    SELECT x.* INTO micros, billable, day FROM share_budget(p_org, p_scope, p_meter, p_units, p_micros, p_day) x;
    RETURN;
  END IF;
  UPDATE budget_slot s SET
    month_units = s.month_units + p_units,
    month_micros = s.month_micros + slot_price(s, p_units, p_micros),
    day_units = s.day_units + p_units,
    day_micros = s.day_micros + slot_price(s, p_units, p_micros),
    left_included = s.left_included - p_units,
    left_month_units = s.left_month_units - p_units,
    left_month_micros = s.left_month_micros - slot_price(s, p_units, p_micros),
    left_day_units = s.left_day_units - p_units,
    left_day_micros = s.left_day_micros - slot_price(s, p_units, p_micros)
  WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter AND s.slot = granting
  RETURNING slot_price(s, p_units, p_micros), CASE WHEN s.left_included IS NULL THEN p_units ELSE 0 END, s.day
    INTO micros, billable, day;
END $$;
