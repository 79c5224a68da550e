-- CreateIndex
CREATE INDEX "call_org_id_direction_state_id_idx" ON "call"("org_id", "direction", "state", "id");

-- CreateIndex
CREATE INDEX "call_org_id_agent_id_direction_state_id_idx" ON "call"("org_id", "agent_id", "direction", "state", "id");
