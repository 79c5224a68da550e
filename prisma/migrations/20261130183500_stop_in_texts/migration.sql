-- What sounds like "stop" is also written: of a call or of a text.
ALTER TABLE "stop_heard" RENAME COLUMN "call_id" TO "resource_id";
ALTER TABLE "stop_heard" ADD COLUMN "channel" TEXT NOT NULL DEFAULT 'voice';
ALTER TABLE "stop_heard" ALTER COLUMN "channel" DROP DEFAULT;
