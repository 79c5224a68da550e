-- What one thing has cost: few records cost anything, however many there are.
CREATE INDEX usage_record_charged ON "usage_record" (org_id, resource_id) WHERE micros <> 0;
-- The calls of a number, in their order.
CREATE INDEX call_from ON "call" (org_id, from_number, id);
CREATE INDEX call_to ON "call" (org_id, to_number, id);
