-- CreateIndex
CREATE INDEX "dial_attempt_at_idx" ON "dial_attempt"("at");
